package ingest

import (
	"context"
	"fmt"

	"osservatorio/warehouse"
)

// quarantineLines is how many lines of each reason a report lists.
const quarantineLines = 20

// Quarantined is what one loaded delivery left in quarantine.
type Quarantined struct {
	Source  string
	Period  string
	File    string
	SHA256  string
	Outcome warehouse.Outcome // Reasons with counts, shapes and the first 20 lines each
}

// Quarantine reports on the deliveries of a source whose SHA-256 begins with
// prefix ("" is all), in the order of loading.
func Quarantine(ctx context.Context, db *warehouse.DB, source, prefix string) ([]Quarantined, error) {
	deliveries, err := db.Deliveries(ctx, source, prefix)
	if err != nil {
		return nil, err
	}
	if len(deliveries) == 0 {
		return nil, refuse("osservatorio status lists what was loaded", "quarantine %s: no delivery loaded: expected one whose checksum begins with %q", source, prefix)
	}
	var list []Quarantined
	for _, d := range deliveries {
		o, err := db.Load(ctx, d.LoadID, quarantineLines)
		if err != nil {
			return nil, fmt.Errorf("quarantine %s: %w", source, err)
		}
		list = append(list, Quarantined{Source: d.Source, Period: d.Period, File: d.File, SHA256: d.SHA256, Outcome: o})
	}
	return list, nil
}
