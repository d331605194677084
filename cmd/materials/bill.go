package main

import (
	"io"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
)

// writeBill writes a bill of materials, CycloneDX 1.5 in JSON. The same
// libraries give the same bytes: it has no time and no number of its own.
func writeBill(out io.Writer, all []library) error {
	bill := cyclonedx.NewBOM()
	bill.Metadata = &cyclonedx.Metadata{Component: &cyclonedx.Component{Type: cyclonedx.ComponentTypeApplication, Name: "osservatorio",
		Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "EUPL-1.2"}}}}}
	components := make([]cyclonedx.Component, 0, len(all))
	for _, l := range all {
		components = append(components, l.component())
	}
	bill.Components = &components
	return cyclonedx.NewBOMEncoder(out, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bill, cyclonedx.SpecVersion1_5)
}

func (l library) component() cyclonedx.Component {
	url := "pkg:" + l.Ecosystem + "/" + strings.ReplaceAll(l.Name, "@", "%40") + "@" + l.Version
	c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: url, PackageURL: url, Name: l.Name, Version: l.Version, Scope: cyclonedx.ScopeRequired}
	if l.BuildOnly {
		c.Scope = cyclonedx.ScopeExcluded
	}
	var licences cyclonedx.Licenses
	for _, id := range l.Licences {
		if strings.Contains(id, " ") {
			licences = append(licences, cyclonedx.LicenseChoice{Expression: id})
		} else {
			licences = append(licences, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
		}
	}
	if licences != nil {
		c.Licenses = &licences
	}
	return c
}
