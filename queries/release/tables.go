package release

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// sheet is a CSV file read whole.
type sheet struct {
	columns []string
	rows    [][]string
}

func readCSV(name string) (sheet, error) {
	file, err := os.Open(name)
	if err != nil {
		return sheet{}, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return sheet{}, err
	}
	if len(records) == 0 {
		return sheet{}, errors.New("empty: expected a header line")
	}
	return sheet{columns: records[0], rows: records[1:]}, nil
}

// need returns the positions of columns that must be there.
func (s sheet) need(columns ...string) ([]int, error) {
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(s.columns, c); at[i] < 0 {
			return nil, fmt.Errorf("column %s: missing", c)
		}
	}
	return at, nil
}

func codesOf(name string, s sheet) (CodeList, error) {
	list := CodeList{Name: name}
	at, err := s.need("code", "label_it", "label_en")
	if err != nil {
		return list, err
	}
	for _, row := range s.rows {
		code := Code{Code: row[at[0]], Label: Text{IT: row[at[1]], EN: row[at[2]]}, Extra: map[string]string{}}
		for i, column := range s.columns {
			if !slices.Contains(at, i) {
				code.Extra[column] = row[i]
			}
		}
		list.Codes = append(list.Codes, code)
	}
	return list, nil
}

func geosOf(s sheet) ([]Geo, error) {
	at, err := s.need("code", "level", "name_it", "name_en", "slug", "parents", "tile_x", "tile_y", "short")
	if err != nil {
		return nil, err
	}
	geos := make([]Geo, 0, len(s.rows))
	for i, row := range s.rows {
		g := Geo{Code: row[at[0]], Level: row[at[1]], Name: Text{IT: row[at[2]], EN: row[at[3]]}, Slug: row[at[4]], Short: row[at[8]]}
		if row[at[5]] != "" {
			g.Parents = strings.Split(row[at[5]], "|")
		}
		if g.TileX, err = tile(row[at[6]]); err == nil {
			g.TileY, err = tile(row[at[7]])
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: tile: %w", i+2, err)
		}
		geos = append(geos, g)
	}
	return geos, nil
}

func tile(cell string) (int, error) {
	if cell == "" {
		return -1, nil
	}
	return strconv.Atoi(cell)
}
