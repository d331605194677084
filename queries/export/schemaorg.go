package export

import (
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// writeSchemaOrg writes what search engines read of each view: a
// schema.org/Dataset as JSON-LD. Addresses are those of the catalogue; without
// an address of the instance they are relative to the release.
func (w *writer) writeSchemaOrg() error {
	said, err := readPhrases()
	if err != nil {
		return err
	}
	files, err := w.files()
	if err != nil {
		return err
	}
	for _, v := range w.views {
		covers, err := w.spanOf(v.header)
		if err != nil {
			return err
		}
		if err := w.json("data/"+v.header.View+".dataset.jsonld", w.schemaOrg(v.header, covers, said, files)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) schemaOrg(h release.Header, covers span, said phrases, files []release.File) map[string]any {
	info := w.info
	publisher := map[string]any{"@type": "GovernmentOrganization", "name": info.Publisher.Name}
	out := map[string]any{
		"@context": "https://schema.org", "@type": "Dataset", "@id": w.base() + "catalog#" + h.View, "name": h.Title.IT, "alternateName": h.Title.EN,
		"description": strings.TrimSpace(h.Description.IT + " " + h.Universe.IT), "inLanguage": []string{"it", "en"}, "identifier": h.View,
		"version": info.ID, "isAccessibleForFree": true, "temporalCoverage": covers.first + "/" + covers.last, "spatialCoverage": info.Region.Name.IT,
		"creator": publisher, "publisher": publisher, "measurementTechnique": h.Definition, "creditText": w.cite(h, said).IT,
		"keywords": []string{said["keyword.1"].IT, said["keyword.2"].IT}, "distribution": w.downloads(h, files), "variableMeasured": variablesOf(h),
	}
	if info.ExtractionDate != "" {
		out["dateModified"] = info.ExtractionDate
	}
	if path := licencePaths[info.Publisher.Licence]; path != "" {
		out["license"] = path
	}
	if w.base() != "" {
		out["includedInDataCatalog"] = map[string]any{"@type": "DataCatalog", "name": said.with("catalogue.title", w.common()...).IT, "url": w.base()}
	}
	return out
}

func (w *writer) downloads(h release.Header, files []release.File) []any {
	var out []any
	for _, d := range distributions() {
		path := "data/" + h.View + "." + d.suffix
		i := slices.IndexFunc(files, func(f release.File) bool { return f.Path == path })
		if i >= 0 {
			out = append(out, map[string]any{"@type": "DataDownload", "name": d.suffix, "contentUrl": w.base() + path, "encodingFormat": d.mediaType,
				"contentSize": fmt.Sprintf("%d B", files[i].Bytes), "sha256": files[i].SHA256})
		}
	}
	return out
}

func variablesOf(h release.Header) []any {
	var out []any
	for _, m := range h.Measures {
		out = append(out, map[string]any{"@type": "PropertyValue", "name": m.Label.IT, "alternateName": m.Label.EN, "value": m.Code, "unitText": string(m.Unit)})
	}
	return out
}

// cite is how a view is to be cited.
func (w *writer) cite(h release.Header, said phrases) release.Text {
	return said.with("cite", append(w.common(), [3]string{"title", h.Title.IT, h.Title.EN}, same("definition", h.Definition))...)
}
