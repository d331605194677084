package export

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// Addresses of the controlled vocabularies that DCAT-AP_IT asks for.
const (
	authority    = "http://publications.europa.eu/resource/authority/"
	themeSociety = authority + "data-theme/SOCI"
	langItalian  = authority + "language/ITA"
	langEnglish  = authority + "language/ENG"
	accessPublic = authority + "access-right/PUBLIC"
	stable       = authority + "planned-availability/STABLE"
	mediaTypes   = "https://www.iana.org/assignments/media-types/"
	hvdLaw       = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
	hvdStatistic = "http://data.europa.eu/bna/c_e1da4e07"
	regional     = "http://purl.org/adms/publishertype/RegionalAuthority"
)

// subjects are the EuroVoc concepts of every view: labour market, employment.
var subjects = map[string]release.Text{
	"http://eurovoc.europa.eu/100233": {IT: "mercato del lavoro", EN: "labour market"},
	"http://eurovoc.europa.eu/100232": {IT: "occupazione", EN: "employment"},
}

// frequencies by the shortest kind of period of a view.
var frequencies = map[string]string{"day": "IRREG", "month": "MONTHLY", "quarter": "QUARTERLY", "year": "ANNUAL"}

// distribution is one kind of file of a view, as catalogues name it.
type distribution struct{ suffix, fileType, mediaType string }

func distributions() []distribution {
	return []distribution{
		{"csv", "CSV", "text/csv"}, {"parquet", "PARQUET", "application/vnd.apache.parquet"},
		{"excel-it.csv", "CSV", "text/csv"}, {"json", "JSON", "application/json"},
	}
}

// writeCatalogue writes the DCAT-AP_IT catalogue in three forms of one graph.
func (w *writer) writeCatalogue() error {
	c, err := w.catalogue()
	if err != nil {
		return err
	}
	linked, err := c.jsonLD()
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"catalog.ttl": c.turtle(), "catalog.rdf": c.rdfXML(), "catalog.jsonld": linked} {
		if err := w.create(name, data); err != nil {
			return err
		}
	}
	return nil
}

// catalogue is a graph in the making. Addresses are below the instance's own;
// without one they are relative to where the catalogue lies.
type catalogue struct {
	graph
	base  string
	info  release.Info
	said  phrases
	files []release.File
	hvd   []string
}

func (w *writer) catalogue() (*catalogue, error) {
	said, err := readPhrases()
	if err != nil {
		return nil, err
	}
	files, err := w.files()
	if err != nil {
		return nil, err
	}
	c := &catalogue{base: w.base(), info: w.info, said: said, files: files, hvd: w.o.HighValue}
	c.head(w.common())
	for _, v := range w.views {
		covers, err := w.spanOf(v.header)
		if err != nil {
			return nil, err
		}
		c.dataset(v.header, covers)
	}
	return c, nil
}

// base is the address that the files of a release stand under, "" where the
// instance has none.
func (w *writer) base() string {
	if w.info.Publisher.BaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(w.info.Publisher.BaseURL, "/") + "/"
}

// node is the address of a thing that only the catalogue tells of.
func (c *catalogue) node(name string) string { return c.base + "catalog#" + name }

func (c *catalogue) both(subject, predicate string, t release.Text) {
	if t.IT != "" {
		c.say(subject, predicate, worded(t.IT, "it"), worded(t.EN, "en"))
	}
}

func (c *catalogue) day(subject, predicate, date string) {
	if date != "" {
		c.say(subject, predicate, typed(date, "xsd:date"))
	}
}

func (c *catalogue) head(values [][3]string) {
	at := c.node("catalog")
	c.types(at, "dcat:Catalog", "dcatapit:Catalog")
	c.both(at, "dct:title", c.said.with("catalogue.title", values...))
	c.both(at, "dct:description", c.said["catalogue.description"])
	c.say(at, "dct:publisher", link(c.node("publisher")))
	c.day(at, "dct:modified", c.info.ExtractionDate)
	c.say(at, "dct:language", link(langItalian), link(langEnglish))
	c.say(at, "dcat:themeTaxonomy", link(authority+"data-theme"))
	c.say(at, "dct:license", link(c.licence()))
	c.placed(at)
	if c.base != "" {
		c.say(at, "foaf:homepage", link(c.base))
		c.types(c.base, "foaf:Document")
	}
	c.publisher()
	c.contact()
	c.vocabularies()
}

func (c *catalogue) publisher() {
	at := c.node("publisher")
	c.types(at, "foaf:Agent", "dcatapit:Agent")
	code := c.info.Publisher.IPACode
	if code == "" {
		code = "osservatorio"
	}
	c.say(at, "dct:identifier", plain(code))
	c.say(at, "foaf:name", worded(c.info.Publisher.Name, "it"))
	if strings.HasPrefix(code, "r_") { // as the regions' codes begin
		c.say(at, "dct:type", link(regional))
		c.concept(regional, "http://purl.org/adms/publishertype/1.0", release.Text{IT: "Autorità regionale", EN: "Regional authority"})
	}
}

// contact is a thing of its own: the profile asks for another address than the
// publisher's. Without an electronic address there is none.
func (c *catalogue) contact() {
	if !strings.Contains(c.info.Publisher.Contact, "@") {
		return
	}
	at := c.node("contact")
	c.types(at, "vcard:Organization", "vcard:Kind", "dcatapit:Organization")
	c.say(at, "vcard:fn", plain(c.info.Publisher.Name))
	c.say(at, "vcard:hasEmail", link("mailto:"+c.info.Publisher.Contact))
	if c.base != "" {
		c.say(at, "vcard:hasURL", link(c.base))
	}
}

// licence is the address of the licence of the data.
func (c *catalogue) licence() string {
	if path := licencePaths[c.info.Publisher.Licence]; path != "" {
		return path
	}
	return "https://spdx.org/licenses/" + c.info.Publisher.Licence
}

// vocabularies says what the entries of controlled lists are that the
// catalogue names, so that it can be checked without fetching them.
func (c *catalogue) vocabularies() {
	c.types(authority+"data-theme", "skos:ConceptScheme")
	c.say(authority+"data-theme", "dct:title", worded("Data theme", "en"))
	c.concept(themeSociety, authority+"data-theme", release.Text{IT: "Popolazione e società", EN: "Population and society"})
	for iri, label := range subjects {
		c.concept(iri, "http://eurovoc.europa.eu/100141", label)
	}
	c.types("http://eurovoc.europa.eu/100141", "skos:ConceptScheme")
	c.say("http://eurovoc.europa.eu/100141", "dct:title", worded("EuroVoc", "en"))
	c.types(langItalian, "dct:LinguisticSystem")
	c.types(langEnglish, "dct:LinguisticSystem")
	c.types(accessPublic, "dct:RightsStatement")
	c.concept(stable, authority+"planned-availability", release.Text{IT: "stabile", EN: "stable"})
	licence := c.licence()
	c.types(licence, "dct:LicenseDocument", "dcatapit:LicenseDocument")
	c.say(licence, "foaf:name", worded(c.info.Publisher.Licence, "it"))
	if c.info.Publisher.Licence == "CC-BY-4.0" {
		c.say(licence, "owl:versionInfo", plain("4.0"))
		c.say(licence, "dct:type", link("http://purl.org/adms/licencetype/Attribution"))
		c.concept("http://purl.org/adms/licencetype/Attribution", "http://purl.org/adms/licencetype/1.0", release.Text{IT: "Attribuzione", EN: "Attribution"})
	}
}

func (c *catalogue) concept(iri, scheme string, label release.Text) {
	c.types(iri, "skos:Concept")
	c.both(iri, "skos:prefLabel", label)
	c.say(iri, "skos:inScheme", link(scheme))
}

// dataset tells of one view.
func (c *catalogue) dataset(h release.Header, covers span) {
	at := c.node(h.View)
	c.say(c.node("catalog"), "dcat:dataset", link(at))
	c.types(at, "dcat:Dataset", "dcatapit:Dataset")
	c.say(at, "dct:identifier", plain(c.identifier(h.View)))
	c.both(at, "dct:title", h.Title)
	c.both(at, "dct:description", c.described(h))
	c.day(at, "dct:modified", c.info.ExtractionDate)
	c.say(at, "dcat:theme", link(themeSociety))
	for iri := range subjects {
		c.say(at, "dct:subject", link(iri))
	}
	holder := link(c.node("publisher"))
	for _, role := range []string{"dct:rightsHolder", "dct:publisher", "dct:creator"} {
		c.say(at, role, holder)
	}
	if strings.Contains(c.info.Publisher.Contact, "@") {
		c.say(at, "dcat:contactPoint", link(c.node("contact")))
	}
	c.say(at, "dct:language", link(langItalian), link(langEnglish))
	c.say(at, "dct:accessRights", link(accessPublic))
	for _, key := range []string{"keyword.1", "keyword.2"} {
		c.both(at, "dcat:keyword", c.said[key])
	}
	c.say(at, "owl:versionInfo", plain(c.info.ID))
	c.say(at, "dcat:version", plain(c.info.ID))
	c.source(at, h)
	c.timed(at, h, covers)
	c.placed(at)
	c.highValue(at, h.View)
	for _, d := range distributions() {
		c.distribution(at, h, d)
	}
}

// identifier of a view: the code of the body and the view's name, which is
// never used again for another.
func (c *catalogue) identifier(view string) string {
	code := c.info.Publisher.IPACode
	if code == "" {
		code = "osservatorio"
	}
	return code + ":" + view
}

// described is the description of a view, its universe and, where so, that its
// data are invented.
func (c *catalogue) described(h release.Header) release.Text {
	out := h.Description
	add := func(t release.Text) {
		if t.IT != "" {
			out.IT, out.EN = out.IT+" "+t.IT, out.EN+" "+t.EN
		}
	}
	add(h.Universe)
	if c.info.Synthetic {
		add(c.said["synthetic"])
	}
	return out
}

func (c *catalogue) source(at string, h release.Header) {
	if h.Source.IT == "" {
		return
	}
	from := c.node(h.View + ".source")
	c.say(at, "dct:provenance", link(from))
	c.types(from, "dct:ProvenanceStatement")
	c.both(from, "dct:description", h.Source)
}

func (c *catalogue) timed(at string, h release.Header, covers span) {
	every := authority + "frequency/" + frequencies[covers.shortest]
	if frequencies[covers.shortest] == "" {
		every = authority + "frequency/UNKNOWN"
	}
	c.say(at, "dct:accrualPeriodicity", link(every))
	c.types(every, "dct:Frequency")
	period := c.node(h.View + ".period")
	c.say(at, "dct:temporal", link(period))
	c.types(period, "dct:PeriodOfTime")
	for _, prefix := range []string{"dcatapit", "dcat"} {
		c.day(period, prefix+":startDate", covers.first)
		c.day(period, prefix+":endDate", covers.last)
	}
}

// nutsCode is what the codes of countries and regions look like that the EU's
// vocabularies know.
var nutsCode = regexp.MustCompile(`^IT([C-I]([1-9][0-9A-Z]?)?)?$`)

// placed says where: the whole territory, if European lists know it.
func (c *catalogue) placed(at string) {
	root := c.info.Region.Root
	if !nutsCode.MatchString(root) {
		return
	}
	place := "http://data.europa.eu/nuts/code/" + root
	if root == "IT" {
		place = authority + "country/ITA"
	}
	c.say(at, "dct:spatial", link(place))
	c.types(place, "dct:Location")
}

// highValue marks the views that the instance holds as series of high value.
func (c *catalogue) highValue(at, view string) {
	if !slices.Contains(c.hvd, view) {
		return
	}
	c.say(at, "dcatap:applicableLegislation", link(hvdLaw))
	c.say(at, "dcatap:hvdCategory", link(hvdStatistic))
	c.types(hvdLaw, "eli:LegalResource")
	c.concept(hvdStatistic, "http://data.europa.eu/bna/asd487ae75", release.Text{IT: "Dati statistici", EN: "Statistics"})
}

// distribution tells of one file of a view, if the release has it.
func (c *catalogue) distribution(dataset string, h release.Header, d distribution) {
	path := "data/" + h.View + "." + d.suffix
	i := slices.IndexFunc(c.files, func(f release.File) bool { return f.Path == path })
	if i < 0 {
		return
	}
	at, address := c.node(h.View+"."+d.suffix), link(c.base+path)
	c.say(dataset, "dcat:distribution", link(at))
	c.types(at, "dcat:Distribution", "dcatapit:Distribution")
	kind := c.said["file."+d.suffix]
	c.both(at, "dct:title", release.Text{IT: h.Title.IT + ", " + kind.IT, EN: h.Title.EN + ", " + kind.EN})
	c.both(at, "dct:description", kind)
	c.say(at, "dct:format", link(authority+"file-type/"+d.fileType))
	c.types(authority+"file-type/"+d.fileType, "dct:MediaTypeOrExtent")
	c.say(at, "dcat:mediaType", link(mediaTypes+d.mediaType))
	c.types(mediaTypes+d.mediaType, "dct:MediaType")
	c.say(at, "dcat:accessURL", address)
	c.say(at, "dcat:downloadURL", address)
	c.say(at, "dct:license", link(c.licence()))
	c.day(at, "dct:modified", c.info.ExtractionDate)
	c.say(at, "dcatap:availability", link(stable))
	c.say(at, "dcat:byteSize", typed(strconv.FormatInt(c.files[i].Bytes, 10), "xsd:nonNegativeInteger"))
	c.checksum(at, c.files[i])
	if slices.Contains(c.hvd, h.View) {
		c.say(at, "dcatap:applicableLegislation", link(hvdLaw))
	}
}

func (c *catalogue) checksum(at string, f release.File) {
	sum := at + ".checksum"
	c.say(at, "spdx:checksum", link(sum))
	c.types(sum, "spdx:Checksum")
	c.say(sum, "spdx:algorithm", link(expand("spdx:checksumAlgorithm_sha256")))
	c.say(sum, "spdx:checksumValue", typed(f.SHA256, "xsd:hexBinary"))
}
