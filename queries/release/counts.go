package release

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// protection is what disclosure.json says of cells, as far as it can be counted
// again from the files.
type protection struct {
	Mask  string           `json:"mask_sha256"`
	Views []protectionView `json:"views"`
}

type protectionView struct {
	View     string           `json:"view"`
	Open     bool             `json:"open"`
	Cells    int64            `json:"cells"`
	ByStatus map[string]int64 `json:"by_status"`
	Tiers    []protectionTier `json:"tiers"`
}

type protectionTier struct {
	Level      string `json:"level"`
	PeriodType string `json:"period_type"`
	Breakdown  string `json:"breakdown"`
	Requested  int64  `json:"requested"`
	Suppressed int64  `json:"suppressed"`
}

// readProtection reads disclosure.json; nothing where the folder has none, or
// one of before there was a mask in it.
func readProtection(dir string) (protection, error) {
	var p protection
	raw, err := os.ReadFile(filepath.Join(dir, "disclosure.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return p, fmt.Errorf("disclosure.json: %w", err)
	}
	return p, nil
}

// counter counts the cells of a folder as disclosure.json does.
type counter struct {
	said protection
	mask hash.Hash
	now  *protectionView
	tier map[[3]string]*protectionTier
}

func newCounter(dir string) (*counter, error) {
	said, err := readProtection(dir)
	return &counter{said: said, mask: sha256.New()}, err
}

// begin starts a view. Views come by name.
func (c *counter) begin(h Header) {
	c.now = &protectionView{View: h.View, Open: h.Protection == "open", ByStatus: map[string]int64{}}
	c.tier = map[[3]string]*protectionTier{}
}

func (c *counter) add(h Header, r Row) {
	c.now.Cells++
	c.now.ByStatus[string(r.Status)]++
	if c.now.Open {
		return
	}
	by := "_T"
	for i, code := range r.By {
		switch {
		case code == "_T":
		case by == "_T":
			by = h.Breakdowns[i]
		default:
			by += "_" + h.Breakdowns[i]
		}
	}
	at := [3]string{r.GeoLevel, r.PeriodType, by}
	if c.tier[at] == nil {
		c.tier[at] = &protectionTier{Level: at[0], PeriodType: at[1], Breakdown: at[2]}
	}
	c.tier[at].Requested++
	if r.Conf == Hidden {
		c.tier[at].Suppressed++
		fmt.Fprintln(c.mask, h.View+","+strings.Join(keyOf(r), ","))
	}
}

// end holds what was counted of the view to what is said of it.
func (c *counter) end() error {
	if c.said.Mask == "" {
		return nil
	}
	at := slices.IndexFunc(c.said.Views, func(v protectionView) bool { return v.View == c.now.View })
	if at < 0 {
		return errors.New("disclosure.json: says nothing of this view")
	}
	for _, t := range c.tier {
		c.now.Tiers = append(c.now.Tiers, *t)
	}
	order := func(a, b protectionTier) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.PeriodType, b.PeriodType), cmp.Compare(a.Breakdown, b.Breakdown))
	}
	slices.SortFunc(c.now.Tiers, order)
	said := c.said.Views[at]
	slices.SortFunc(said.Tiers, order)
	if said.Open != c.now.Open || said.Cells != c.now.Cells || fmt.Sprint(said.ByStatus) != fmt.Sprint(c.now.ByStatus) || !slices.Equal(said.Tiers, c.now.Tiers) {
		return errors.New("disclosure.json: counts other cells than the file has")
	}
	return nil
}

// finish holds the hash of all hidden cells to the one that is said.
func (c *counter) finish() error {
	if got := hex.EncodeToString(c.mask.Sum(nil)); c.said.Mask != "" && got != c.said.Mask {
		return fmt.Errorf("disclosure.json: mask_sha256 %s: the hidden cells give %s", c.said.Mask, got)
	}
	return nil
}
