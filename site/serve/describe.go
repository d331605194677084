package serve

// Describe is the media type and the caching that a file of a site is served
// with, for hosts that are told both with the file.
func (o Options) Describe(name string) (mediaType, cacheControl string) {
	return (&handler{opt: o}).typeOf(name), caching(name)
}
