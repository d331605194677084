//go:build clouds

package main

// Google's and Microsoft's object storage: 32 MB of program and 360 packages
// more, for those who need them (go build -tags clouds ./cmd/osservatorio).
import (
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
)
