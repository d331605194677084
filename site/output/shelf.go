package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Beside folder public stand, while there is need of them:
//
//	public.building     a site that is being written
//	public.swap         which folder takes its place just now
//	public.before/7     the site that public showed as its seventh
//	public.rolledback   the stamp of the site that was taken back last
//
// A site that was shown holds its number in orderFile.
const orderFile = ".order"

// ErrNoSiteBefore says that there is nothing to go back to.
var ErrNoSiteBefore = errors.New("no earlier site is kept")

// order is the number of a site, 0 where it has none.
func order(dir string) int {
	n, err := strconv.Atoi(lineOf(filepath.Join(dir, orderFile)))
	if err != nil {
		return 0
	}
	return n
}

func setOrder(dir string, n int) error {
	path := filepath.Join(dir, orderFile)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(strconv.Itoa(n)+"\n"), 0o644)
}

func shelf(target string) string { return target + ".before" }

func place(target string, n int) string { return filepath.Join(shelf(target), strconv.Itoa(n)) }

// Publish puts the finished site in folder next, which the disk holds, in the place of target, in one
// step, and keeps what stood there: at most keep sites. Readers see the one or
// the other. What a kill leaves half done the next call puts right.
func Publish(next, target string, keep int) error {
	if err := Recover(target); err != nil {
		return err
	}
	if err := swapIn(next, target, keep); err != nil {
		return fmt.Errorf("publish site %s: %w", target, err)
	}
	return nil
}

func swapIn(next, target string, keep int) error {
	if err := setOrder(next, order(target)+1); err != nil {
		return err
	}
	if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(next, target)
	}
	if err := writeWhole(target+".swap", next); err != nil {
		return err
	}
	if err := exchange(next, target); err != nil {
		if next, err = byTwoRenames(next, target); err != nil {
			return err
		}
	}
	if err := shelve(next, target); err != nil {
		return err
	}
	if err := prune(target, keep); err != nil {
		return err
	}
	return os.Remove(target + ".swap")
}

// settleComing puts a finished site where it waits: nobody reads it there.
func settleComing(next, target string) error {
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	return os.Rename(next, target)
}

func writeWhole(path, text string) error {
	if err := os.WriteFile(path+".part", []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// byTwoRenames swaps where no exchange is to be had, and returns where the old
// site is. Between the two there is none.
func byTwoRenames(next, target string) (string, error) {
	old := target + ".old"
	if err := os.RemoveAll(old); err != nil {
		return "", err
	}
	if err := os.Rename(target, old); err != nil {
		return "", err
	}
	if err := os.Rename(next, target); err != nil {
		return "", errors.Join(err, os.Rename(old, target))
	}
	return old, nil
}

// shelve puts a site that was shown in its place among those kept.
func shelve(dir, target string) error {
	if err := os.MkdirAll(shelf(target), 0o700); err != nil {
		return err
	}
	to := place(target, order(dir))
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.Rename(dir, to)
}

// Kept are the numbers of the sites that target showed before, the newest first.
// One with a higher number than target's own was taken back.
func Kept(target string) ([]int, error) {
	entries, err := os.ReadDir(shelf(target))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	now := order(target)
	var kept []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n < now && order(place(target, n)) == n {
			kept = append(kept, n)
		}
	}
	slices.Sort(kept)
	slices.Reverse(kept)
	return kept, err
}

// prune removes all kept sites but the newest.
func prune(target string, keep int) error {
	kept, err := Kept(target)
	if err != nil {
		return err
	}
	keep = min(keep, len(kept))
	entries, err := os.ReadDir(shelf(target))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && slices.Contains(kept[:keep], n) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(shelf(target), e.Name())); err != nil {
			return err
		}
	}
	if keep == 0 {
		return os.Remove(shelf(target))
	}
	return nil
}

// Back shows the site again that stood before the one that stands, and removes
// this one. Its stamp is remembered, so that it is not shown again by itself.
func Back(target string) error {
	if err := Recover(target); err != nil {
		return err
	}
	kept, err := Kept(target)
	if err == nil && len(kept) == 0 {
		err = ErrNoSiteBefore
	}
	if err != nil {
		return fmt.Errorf("take site %s back: %w", target, err)
	}
	if err := back(place(target, kept[0]), target); err != nil {
		return fmt.Errorf("take site %s back: %w", target, err)
	}
	return nil
}

func back(before, target string) error {
	if err := writeWhole(target+".rolledback", StampOf(target)); err != nil {
		return err
	}
	bad := before
	if err := exchange(before, target); err != nil {
		if bad, err = byTwoRenames(before, target); err != nil {
			return err
		}
	}
	return os.RemoveAll(bad)
}

// TakenBack is the stamp of the site that was taken back last, "" for none.
func TakenBack(target string) string { return lineOf(target + ".rolledback") }

// Allow lets the site that was taken back be shown again.
func Allow(target string) error {
	if err := os.Remove(target + ".rolledback"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Recover puts right what a kill left of a swap: it ends one that was made, and
// forgets one that was not.
func Recover(target string) error {
	err := recoverRenames(target)
	if next := lineOf(target + ".swap"); next != "" && err == nil {
		err = recoverSwap(next, target)
	}
	if err != nil {
		return fmt.Errorf("put site %s right after a stop: %w", target, err)
	}
	return nil
}

// recoverSwap looks which of the two stands in target: the site in next had the
// number after target's.
func recoverSwap(next, target string) error {
	if exists(next) && order(next) < order(target) { // swapped: what stood before is in next
		if err := shelve(next, target); err != nil {
			return err
		}
	}
	return os.Remove(target + ".swap")
}

// recoverRenames brings the old site back where a swap by two renames was cut
// off between them.
func recoverRenames(target string) error {
	old := target + ".old"
	switch {
	case !exists(old):
		return nil
	case !exists(target):
		return os.Rename(old, target)
	}
	return shelve(old, target)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// StampOf is what the site in a folder was built from, "" if there is none.
func StampOf(dir string) string { return lineOf(filepath.Join(dir, StampFile)) }

// lineOf is the text of a file of one line, "" where there is none.
func lineOf(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
