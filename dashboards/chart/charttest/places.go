package charttest

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// geosCSV lists the territories of both invented releases; weight is an
// invented size of a district.
//
//go:embed geos.csv
var geosCSV string

func places(set string) ([]release.Geo, map[string]float64) {
	lines, err := csv.NewReader(strings.NewReader(geosCSV)).ReadAll()
	if err != nil {
		panic("read geos.csv: " + err.Error())
	}
	var geos []release.Geo
	weight := map[string]float64{}
	for _, l := range lines[1:] {
		if l[0] != set {
			continue
		}
		g := release.Geo{Code: l[1], Level: l[2], Name: text(l[3], l[4]), Slug: l[5], Short: l[6], TileX: atoi(l[7]), TileY: atoi(l[8])}
		if l[9] != "" {
			g.Parents = strings.Split(l[9], "|")
		}
		geos = append(geos, g)
		weight[g.Code] = float64(atoi("0" + l[10]))
	}
	return geos, weight
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("read geos.csv: " + err.Error())
	}
	return n
}

func codes() map[string]release.CodeList {
	out := map[string]release.CodeList{}
	for _, l := range []struct {
		name  string
		codes []string
	}{
		{"sex", []string{"F", "Donne", "Women", "M", "Uomini", "Men"}},
		{"age_band", []string{"15-24", "15–24 anni", "Aged 15–24", "25-34", "25–34 anni", "Aged 25–34", "35-44", "35–44 anni", "Aged 35–44", "45-54", "45–54 anni", "Aged 45–54", "55+", "55 anni e più", "Aged 55 and over"}},
		{"education", []string{"low", "Fino alla licenza media", "Lower secondary or less", "medium", "Diploma o qualifica", "Upper secondary", "high", "Titolo terziario", "Tertiary"}},
		{"duration", []string{"lt6", "Meno di 6 mesi", "Under 6 months", "6_11", "Da 6 a 11 mesi", "6 to 11 months", "ge12", "12 mesi e più", "12 months and over"}},
		{"path", []string{"1", "Reinserimento lavorativo", "Return to work", "2", "Aggiornamento (upskilling)", "Upskilling", "3", "Riqualificazione (reskilling)", "Reskilling", "4", "Lavoro e inclusione", "Work and inclusion", "5", "Ricollocazione collettiva", "Collective outplacement", "none", "Senza percorso GOL", "No GOL path"}},
		{"programme", []string{"ordinary", "Ordinario", "Ordinary", "gol", "Programma GOL", "GOL programme", "none", "Nessun patto", "No agreement"}},
		{"provider_kind", []string{"cpi", "Centro per l’impiego", "Job centre", "accredited", "Soggetto accreditato", "Accredited body"}},
		{"measure_received", []string{"formazione", "Formazione", "Training", "tirocinio", "Tirocini", "Traineeships"}},
		{"contract_group", []string{"open_ended", "Tempo indeterminato", "Open-ended", "fixed_term", "Tempo determinato", "Fixed-term", "apprenticeship", "Apprendistato", "Apprenticeship", "agency", "Somministrazione", "Agency work"}},
	} {
		list := release.CodeList{Name: l.name}
		for i := 0; i < len(l.codes); i += 3 {
			list.Codes = append(list.Codes, release.Code{Code: l.codes[i], Label: text(l.codes[i+1], l.codes[i+2])})
		}
		out[l.name] = list
	}
	for _, c := range []struct{ code, geo, value, unit, it, en string }{
		{"gol_beneficiaries", "IT", "3000000", "persons", "Beneficiari di GOL", "GOL beneficiaries"}, {"gol_trained", "IT", "800000", "persons", "Formati", "Trained"},
		{"gol_vulnerable_share", "IT", "75", "percent", "Persone vulnerabili", "Vulnerable persons"}, {"cpi_meeting_lep", "IT", "80", "percent", "Centri con lo standard", "Centres with the standard"},
	} {
		list := out["targets"]
		list.Name = "targets"
		list.Codes = append(list.Codes, release.Code{Code: c.code, Label: text(c.it, c.en), Extra: map[string]string{"geo": c.geo, "value": c.value, "unit": c.unit,
			"kind": "target", "due_on": "2025-12-31", "source": "fonte di prova", "verification": "found"}})
		out["targets"] = list
	}
	return out
}
