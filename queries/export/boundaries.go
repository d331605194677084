package export

func (w *writer) writeBoundaries() error { return nil }
