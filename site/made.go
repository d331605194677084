package site

import "fmt"

// make keeps a file that is composed together with the pages (an index, a
// calendar, the numbers of a territory) until all files are written; links to it
// are checked like links to pages.
func (b *builder) make(name string, data []byte) error {
	if b.made == nil {
		b.made = map[string][]byte{}
	}
	if _, twice := b.made[name]; twice {
		return fmt.Errorf("make file %s: made twice", name)
	}
	b.made[name] = data
	return nil
}

// writeMade writes those files.
func (b *builder) writeMade() error {
	names := sortedKeys(b.made)
	return b.parallel("files", len(names), func(i int) error {
		return b.out.put(names[i], b.made[names[i]])
	})
}
