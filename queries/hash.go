package queries

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// SQLHash is the SHA-256 of what a view means: its SELECT and those of all
// views it reads, without comments and layout. Hex; the same for the same
// meaning, whatever the header says.
func (p Plan) SQLHash(name string) string {
	hash := sha256.New()
	for _, at := range append(p.Upstream(name), name) {
		if v, ok := p.Find(at); ok {
			hash.Write([]byte(at + "\n" + normalised(v.Select) + "\n"))
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// normalised drops comments and writes every run of white space outside of
// quotes as one space.
func normalised(statement string) string {
	var out strings.Builder
	space := false
	for i := 0; i < len(statement); {
		if skip := comment(statement[i:]); skip > 0 {
			i, space = i+skip, true
			continue
		}
		c := statement[i]
		if strings.IndexByte(" \t\r\n", c) >= 0 {
			i, space = i+1, true
			continue
		}
		if space && out.Len() > 0 {
			out.WriteByte(' ')
		}
		space = false
		n := token(statement[i:])
		out.WriteString(statement[i : i+n])
		i += n
	}
	return out.String()
}

// comment returns the length of the comment that s starts with, 0 for none.
func comment(s string) int {
	var end string
	switch {
	case strings.HasPrefix(s, "--"):
		end = "\n"
	case strings.HasPrefix(s, "/*"):
		end = "*/"
	default:
		return 0
	}
	if i := strings.Index(s[2:], end); i >= 0 {
		return 2 + i + len(end)
	}
	return len(s)
}

// token returns the length of the quoted text that s starts with, else 1. A
// doubled quote inside reads as two quoted texts, which comes to the same.
func token(s string) int {
	if s[0] != '\'' && s[0] != '"' {
		return 1
	}
	if i := strings.IndexByte(s[1:], s[0]); i >= 0 {
		return i + 2
	}
	return len(s)
}
