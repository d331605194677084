package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Format is the version of the folder's layout that this software writes, and
// the newest that it reads. It grows when an older reader would misread.
const Format = 1

// ErrNewer says that a release, or an index, was written by newer software.
var ErrNewer = errors.New("written by newer software")

// checkFormat reads nothing but the format, so that a newer file is told as
// such and not as one with unknown keys.
func checkFormat(path, name string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var said struct {
		Format int `json:"format"`
	}
	if json.Unmarshal(data, &said) == nil && said.Format > Format {
		return fmt.Errorf("%s: format %d: %w: expected at most %d: read it with a newer version of this program", name, said.Format, ErrNewer, Format)
	}
	return nil // what else is wrong is told by the one who reads it
}
