package chart

import (
	"slices"
	"strings"
)

// shortest and longest are how many characters a short label should have.
const (
	shortest = 6
	longest  = 34
)

// joints are the words before which a long label may end.
func joints() []string {
	return []string{"di", "del", "dei", "dalle", "dalla", "per", "in", "con", "e", "of", "for", "with", "and", "to", "into", "between"}
}

// shortLabel is a measure's letter, if it has one, and its name cut to what
// fits a narrow column: "LEP F1 – Accompagnamento al lavoro: quota dei
// raggiunti" is F1, "Accompagnamento al lavoro".
func (s scene) shortLabel() (letter, name string) {
	name = s.label()
	if head, rest, ok := strings.Cut(name, " – "); ok && strings.HasPrefix(head, "LEP ") {
		letter, name = strings.TrimPrefix(head, "LEP "), rest
	}
	for _, c := range s.Release.Codes["lep"].Codes {
		if letter == "" && c.Code == s.measure.Code {
			letter = c.Extra["letter"]
		}
	}
	return letter, shorten(name, s.t("and"))
}

// named is the letter and the short name in one text.
func (s scene) named() string {
	letter, name := s.shortLabel()
	return joinShown([]string{letter, name}, " ")
}

func shorten(name, and string) string {
	name, _, _ = strings.Cut(name, ": ")
	if at := strings.Index(name, " ("); at > 0 {
		name = name[:at]
	}
	if head, rest, ok := strings.Cut(name, ", "); ok {
		if len([]rune(head)) < shortest { // "DID" alone says too little
			more, _, _ := strings.Cut(rest, ", ")
			head += and + strings.Join(upToJoint(strings.Fields(more), 0), " ")
		}
		name = head
	}
	if len([]rune(name)) <= longest {
		return name
	}
	return strings.Join(upToJoint(strings.Fields(name), longest), " ")
}

// upToJoint keeps the words before the last joint under so many characters, or
// before the first one if most is 0.
func upToJoint(words []string, most int) []string {
	length, keep := 0, len(words)
	for i, w := range words {
		if i > 0 && slices.Contains(joints(), w) && (length <= most || most == 0) {
			keep = i
			if most == 0 {
				break
			}
		}
		length += len([]rune(w)) + 1
	}
	return words[:keep]
}
