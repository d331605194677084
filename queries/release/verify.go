package release

import (
	"context"
	"crypto/ed25519"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrTampered says that a release folder is not what it was made as, or breaks
// a promise of the format.
var ErrTampered = errors.New("not as it was released")

// Verified is what a verification looked at.
type Verified struct {
	ID         string `json:"id"`
	Files      int    `json:"files"`
	Bytes      int64  `json:"bytes"`
	Views      int    `json:"views"`
	Cells      int64  `json:"cells"`
	Signature  string `json:"signature"` // good, not_checked or none
	Key        string `json:"key,omitempty"`
	Software   string `json:"software"`
	Extraction string `json:"extraction_date"`
	Supersedes string `json:"supersedes,omitempty"`
	SumsSHA256 string `json:"sums_sha256"`
}

// Verify holds a release folder to its signature, its manifest and the promises
// of the format, with nothing but the folder and, to know who made it, a public
// key; without one the signature is not checked. The error joins all that is
// wrong: ErrNewer alone, or ErrUnsigned, ErrSignature and ErrTampered.
func Verify(ctx context.Context, dir string, key ed25519.PublicKey) (Verified, error) {
	v := Verified{Signature: "none"}
	if err := checkFormat(filepath.Join(dir, "release.json"), "release.json"); errors.Is(err, ErrNewer) {
		return v, fmt.Errorf("verify release %s: %w", dir, err)
	}
	var faults []error
	if err := v.signature(dir, key); err != nil {
		faults = append(faults, fmt.Errorf("verify release %s: %w", dir, err))
	}
	if err := v.content(ctx, dir); err != nil {
		faults = append(faults, fmt.Errorf("%w: %w", ErrTampered, err))
	}
	return v, errors.Join(faults...)
}

func (v *Verified) signature(dir string, key ed25519.PublicKey) error {
	if key == nil {
		if _, err := os.Stat(filepath.Join(dir, sumsFile+SignatureSuffix)); err == nil {
			v.Signature = "not_checked"
		}
		return nil
	}
	if err := VerifySignature(dir, sumsFile, key); err != nil {
		return err
	}
	v.Signature, v.Key = "good", Fingerprint(key)
	return nil
}

func (v *Verified) content(ctx context.Context, dir string) error {
	if err := VerifySums(dir); err != nil {
		return err
	}
	r, err := Open(dir)
	if err != nil {
		return err
	}
	if v.SumsSHA256, err = SumsHash(dir); err != nil {
		return err
	}
	v.ID, v.Files, v.Views = r.Info.ID, len(r.Files), len(r.Info.Views)
	v.Software, v.Extraction, v.Supersedes = r.Info.Software, r.Info.ExtractionDate, r.Info.Supersedes
	for _, f := range r.Files {
		v.Bytes += f.Bytes
	}
	counted, err := newCounter(dir)
	if err != nil {
		return err
	}
	var faults []error
	for _, h := range r.Info.Views {
		cells, err := verifyView(ctx, dir, r.Info.ID, h, counted)
		if err != nil {
			faults = append(faults, fmt.Errorf("data/%s: %w", h.View, err))
		}
		v.Cells += cells
	}
	if len(faults) == 0 {
		faults = append(faults, counted.finish())
	}
	return errors.Join(faults...)
}

// verifyView holds the Parquet file of a view to its header, its statuses and
// its order, the CSV file to the Parquet file, row by row, and what
// disclosure.json counts to both.
func verifyView(ctx context.Context, dir, id string, h Header, counted *counter) (int64, error) {
	base := filepath.Join(dir, "data", h.View)
	data, err := os.ReadFile(base + ".parquet")
	if err != nil {
		return 0, err
	}
	if err := verifyMetadata(data, id, h); err != nil {
		return 0, err
	}
	sheet, err := os.Open(base + ".csv")
	if err != nil {
		return 0, err
	}
	defer sheet.Close()
	rows := &rowsOfCSV{csv: csv.NewReader(sheet), header: h}
	if err := rows.begin(); err != nil {
		return 0, err
	}
	frame, err := ReadParquet(ctx, h, data)
	if err != nil {
		return 0, err
	}
	if err := frame.Check(); err != nil {
		return 0, err
	}
	counted.begin(h)
	var cells int64
	var last []string
	for r := range frame.All() {
		cells++
		key := keyOf(r)
		if last != nil && slices.Compare(last, key) >= 0 {
			return cells, fmt.Errorf("row %d: stands twice, or out of its order", cells)
		}
		last = key
		counted.add(h, r)
		if err := rows.next(r); err != nil {
			return cells, fmt.Errorf("row %d: %w", cells, err)
		}
	}
	return cells, errors.Join(rows.end(), counted.end())
}

func verifyMetadata(data []byte, id string, h Header) error {
	said, err := ParquetMetadata(data)
	if err != nil {
		return err
	}
	for _, want := range [][2]string{{"release", id}, {"definition", h.Definition}, {"sql_sha256", h.SQLHash}} {
		if got := said[want[0]]; got != want[1] {
			return fmt.Errorf("parquet metadata: %s %q: release.json says %q", want[0], got, want[1])
		}
	}
	return nil
}

func keyOf(r Row) []string {
	return slices.Concat([]string{r.GeoLevel, r.Geo, r.PeriodType, r.Period}, r.By, []string{r.Measure})
}

// rowsOfCSV reads the CSV file of a view along with its Parquet file.
type rowsOfCSV struct {
	csv    *csv.Reader
	header Header
}

func (c *rowsOfCSV) begin() error {
	c.csv.ReuseRecord = true
	got, err := c.csv.Read()
	if err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	if want := c.header.FileColumns(); !slices.Equal(got, want) {
		return fmt.Errorf("csv: %w", otherColumns(got, want))
	}
	return nil
}

func (c *rowsOfCSV) next(r Row) error {
	got, err := c.csv.Read()
	if err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	want := slices.Concat(keyOf(r), []string{shown(r.Numerator), shown(r.Denominator), shown(r.Value), string(r.Unit), shown(r.Low), shown(r.High),
		string(r.Status), string(r.Conf), r.Reason, strings.Join(r.Notes, "|"), r.Definition})
	if !slices.Equal(got, want) {
		return errors.New("csv: says something else than the Parquet file")
	}
	return nil
}

func (c *rowsOfCSV) end() error {
	if _, err := c.csv.Read(); !errors.Is(err, io.EOF) {
		return errors.New("csv: more rows than the Parquet file")
	}
	return nil
}

// shown is a number as the CSV files have it, "" where none is shown.
func shown(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
