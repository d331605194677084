package fetch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
)

// longestJSON is the longest line of JSON that is looked at.
const longestJSON = 16 << 20

// tornJSON finds the first line that is no JSON, and the byte in it; found is ""
// if there is none. DuckDB counts the lines of a file its own way.
func tornJSON(path string) (where, found string) {
	f, err := os.Open(path)
	if err != nil {
		return "", ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, blockBytes), longestJSON)
	for n := int64(1); lines.Scan(); n++ {
		text := lines.Bytes()
		if n == 1 {
			text = bytes.TrimPrefix(text, bomUTF8)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var value json.RawMessage
		var wrong *json.SyntaxError
		if err := json.Unmarshal(text, &value); err == nil || !errors.As(err, &wrong) {
			continue
		}
		if wrong.Offset >= int64(len(text)) {
			return lineByte(n, int64(len(text))), "a JSON object that does not end"
		}
		return lineByte(n, wrong.Offset), "a character that JSON does not have there"
	}
	return "", ""
}
