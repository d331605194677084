package fetch

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strings"
)

// merge is a group of merged cells, from 1.
type merge struct{ left, top, right, bottom int }

// lastOfHeader is the row in which the header ends that begins at first: it
// goes on below a cell that spans columns, and down a cell that spans rows.
func lastOfHeader(merged []merge, first int64) int64 {
	last := first
	for row := first; row <= last && row < first+5; row++ {
		for _, m := range merged {
			switch {
			case int64(m.top) != row:
			case m.right > m.left:
				last = max(last, int64(m.bottom)+1)
			default:
				last = max(last, int64(m.bottom))
			}
		}
	}
	return last
}

// mergedCells reads which cells of a sheet are merged: a list at the end of
// its part. What cannot be read is left out: the header then has one row.
func mergedCells(files []*zip.File, sheet string) []merge {
	part := sheetPart(files, sheet)
	i := slices.IndexFunc(files, func(f *zip.File) bool { return f.Name == part })
	if i < 0 {
		return nil
	}
	in, err := files[i].Open()
	if err != nil {
		return nil
	}
	defer in.Close()
	rest := bufio.NewReaderSize(in, 1<<20)
	if !skipTo(rest, "<mergeCells") {
		return nil
	}
	var merged []merge
	d := xml.NewDecoder(io.MultiReader(strings.NewReader("<"), rest))
	for {
		token, err := d.Token()
		if err != nil {
			return merged
		}
		switch e := token.(type) {
		case xml.StartElement:
			for _, attr := range e.Attr {
				if a, err := parseArea(attr.Value); e.Name.Local == "mergeCell" && attr.Name.Local == "ref" && err == nil {
					merged = append(merged, merge{a.left, a.top, max(a.right, a.left), max(a.bottom, a.top)})
				}
			}
		case xml.EndElement:
			if e.Name.Local == "mergeCells" || len(merged) > 10_000 {
				return merged
			}
		}
	}
}

// skipTo reads on until just behind the < of mark.
func skipTo(r *bufio.Reader, mark string) bool {
	for {
		if _, err := r.ReadSlice('<'); err == bufio.ErrBufferFull {
			continue
		} else if err != nil {
			return false
		}
		next, err := r.Peek(len(mark) - 1)
		if err != nil {
			return false
		}
		if string(next) == mark[1:] {
			return true
		}
	}
}

// sheetPart is the name of the part that holds a sheet.
func sheetPart(files []*zip.File, sheet string) string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	readPart(files, "xl/workbook.xml", &book)
	readPart(files, "xl/_rels/workbook.xml.rels", &relations)
	for _, s := range book.Sheets {
		for _, r := range relations.All {
			if s.Name != sheet || r.ID != s.ID {
				continue
			}
			if strings.HasPrefix(r.Target, "/") {
				return strings.TrimPrefix(r.Target, "/")
			}
			return path.Join("xl", r.Target)
		}
	}
	return ""
}

func readPart(files []*zip.File, name string, into any) {
	for _, f := range files {
		if f.Name != name {
			continue
		}
		if in, err := f.Open(); err == nil {
			defer in.Close()
			xml.NewDecoder(io.LimitReader(in, partBytes)).Decode(into) // what it cannot read stays empty
		}
	}
}
