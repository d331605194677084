package synthetic

import (
	"context"
	"sync/atomic"
)

// line hands chunks to workers and back: a fixed number of them, so memory
// stays what it is however many persons there are. Workers take numbers in
// order and the collector awaits them in order, so it never waits for a chunk
// that has none.
type line struct {
	ctx     context.Context
	chunks  int64
	taken   atomic.Int64
	free    chan *chunk
	full    chan *chunk
	waiting map[int]*chunk
}

func newLine(ctx context.Context, chunks, workers, quarters, gap int) *line {
	l := &line{
		ctx: ctx, chunks: int64(chunks), waiting: map[int]*chunk{},
		free: make(chan *chunk, workers+1), full: make(chan *chunk, workers+1),
	}
	for range workers + 1 {
		l.free <- newChunk(quarters, gap)
	}
	return l
}

// next is an empty chunk with its number; nil when there are no more. The
// chunk is taken before the number, so that the lowest number always has one.
func (l *line) next() *chunk {
	select {
	case c := <-l.free:
		i := l.taken.Add(1) - 1
		if i >= l.chunks {
			return nil
		}
		c.reset(int(i))
		return c
	case <-l.ctx.Done():
		return nil
	}
}

func (l *line) finished(c *chunk) { l.full <- c }

func (l *line) give(c *chunk) { l.free <- c }

// await gives the chunk with that number once it is full.
func (l *line) await(i int) (*chunk, error) {
	for {
		if c := l.waiting[i]; c != nil {
			delete(l.waiting, i)
			return c, nil
		}
		select {
		case c := <-l.full:
			l.waiting[c.index] = c
		case <-l.ctx.Done():
			return nil, l.ctx.Err()
		}
	}
}
