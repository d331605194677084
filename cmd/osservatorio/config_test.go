package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"testing"
)

// configKeys lists the keys of a struct of the configuration as table.key.
func configKeys(t reflect.Type, prefix string) []string {
	var keys []string
	for i := range t.NumField() {
		tag, inner := t.Field(i).Tag.Get("toml"), t.Field(i).Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch {
		case tag == "":
		case inner.Kind() == reflect.Struct:
			keys = append(keys, configKeys(inner, prefix+tag+".")...)
		default:
			keys = append(keys, prefix+tag)
		}
	}
	return keys
}

// templateKeys lists the keys that the commented file names, set or commented out.
func templateKeys(text string) []string {
	var keys []string
	table := ""
	header := regexp.MustCompile(`^(?:# )?\[+([a-z.]+)\]+`)
	setting := regexp.MustCompile(`^(?:# )?([a-z_]+) = `)
	for _, line := range regexp.MustCompile(`\r?\n`).Split(text, -1) {
		if m := header.FindStringSubmatch(line); m != nil {
			table = m[1]
		} else if m := setting.FindStringSubmatch(line); m != nil {
			if key := table + "." + m[1]; !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func TestTheCommentedFileNamesEveryKeyAndNoOther(t *testing.T) {
	written, known := templateKeys(string(configTemplate)), configKeys(reflect.TypeFor[Config](), "")
	for _, key := range known {
		if !slices.Contains(written, key) {
			t.Errorf("osservatorio.toml does not explain %s", key)
		}
	}
	for _, key := range written {
		if !slices.Contains(known, key) {
			t.Errorf("osservatorio.toml explains %s, which is no key", key)
		}
	}
}

func TestTheCommentedFileLoadsAlsoWithEveryCommentedKeySet(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "osservatorio.toml")
	must(t, os.WriteFile(file, configTemplate, 0o600))
	plain, err := LoadConfig(file)
	must(t, err)
	if len(plain.Sources) != 12 || plain.Sources[1].Pattern != usualPattern {
		t.Errorf("sources: %+v", plain.Sources)
	}
	for _, name := range []string{"lists", "content", "mapping"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	for _, name := range []string{"confini.topo.json", "mapping/registrations.sql"} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	full := regexp.MustCompile(`(?m)^# (\[+[a-z.]+\]+|[a-z_]+ = )`).ReplaceAll(configTemplate, []byte("$1"))
	must(t, os.WriteFile(file, full, 0o600))
	c, err := LoadConfig(file)
	must(t, err)
	if len(c.Jobs) != 1 || c.Sources[0].Mapping == "" || c.Limits.Memory == "" || c.Notify.Command == "" {
		t.Errorf("keys left out: %+v", c)
	}
}

func TestExampleConfigurationsLoad(t *testing.T) {
	_, err := LoadConfig(filepath.Join("examples", "gol", "osservatorio.toml"))
	must(t, err)
	_, err = LoadConfig(filepath.Join("testdata", "tiny", "osservatorio.toml"))
	must(t, err)
}

func TestADemoIsNamedAfterItsTerritoryBuiltInOrAFolder(t *testing.T) {
	city := filepath.Join("..", "..", "warehouse", "testdata", "several-centres")
	for geography, want := range map[string][2]string{
		"emilia-romagna": {"Emilia-Romagna", "Emilia-Romagna"}, "umbria": {"Umbria", "Umbria"}, "italia": {"Italia", "Italy"}, city: {"Lazio", "Lazio"},
	} {
		text, err := demoConfigOf(region{geography: geography, persons: fewPersons})
		must(t, err)
		file := filepath.Join(t.TempDir(), "osservatorio.toml")
		must(t, os.WriteFile(file, text, 0o600))
		c, err := LoadConfig(file)
		must(t, err)
		if got := [2]string{c.Region.Name, c.Region.NameEN}; got != want {
			t.Errorf("%s: named %q, want %q", geography, got, want)
		}
		_, err = c.geography()
		must(t, err)
	}
	if _, err := demoConfigOf(region{geography: "mars"}); err == nil || exitCode(err) != exitUsage {
		t.Errorf("a territory that nobody has: %v", err)
	}
}

func TestSizesAreReadInTheUnitsThatDuckDBReads(t *testing.T) {
	for text, want := range map[string]int64{"6GB": 6e9, "1.5 GB": 15e8, "2GiB": 2 << 30, "512MB": 512e6, "1TiB": 1 << 40, "3KB": 3000} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "6", "GB", "0GB", "-1GB", "9999999999TB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%s: %d", text, got)
		}
	}
}
