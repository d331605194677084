package main

import "strings"

// troubles are what DuckDB, or the system, says where the machine, and nothing in the data, keeps
// it from working, with what to do. It tells them apart by these words alone.
var troubles = []struct{ says, hint string }{
	{"Corrupt database file", damagedHint},
	{"not a valid DuckDB database file", damagedHint},
	{"Could not read enough bytes", damagedHint},
	{"Cannot open file", "let the account that runs this write to the folder of the database, and keep it from other programs"},
	{"Out of Memory Error", "give it more: memory in [limits]; or let it use fewer threads"},
	{"No space left on device", roomHint},
	{"no space left on device", roomHint}, // the system, of a file that is no database
	{"not enough disk space", roomHint},
	{": permission denied", accessHint}, // the system, of a file or folder
}

const (
	damagedHint = "the database file is damaged: look at the disk, and go on with a backup: osservatorio restore BACKUP NEW-FOLDER; what was delivered since is in the archive"
	accessHint  = "run it under the account that the instance belongs to, and name places that this account may write to"
	roomHint    = "make room on the disk: the same command again finishes the work"
)

// troubleOf is what to do about a fault of the machine, "" where err is none.
func troubleOf(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, t := range troubles {
		if strings.Contains(text, t.says) {
			return t.hint
		}
	}
	return ""
}

// troubled adds what to do to a fault of the machine.
func troubled(err error) error {
	if hint := troubleOf(err); hint != "" {
		return hinted(err, hint)
	}
	return err
}
