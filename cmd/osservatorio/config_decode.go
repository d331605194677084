package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// fault is what is wrong on one line of the configuration.
type fault struct {
	file string
	line int
	text string
}

func (f fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// decodeStrict fills c and returns its unknown keys; err is text that is no
// TOML, or a value of another type than the key's.
func decodeStrict(file string, raw []byte, c *Config) (faults []fault, err error) {
	d := toml.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(c)
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for _, e := range unknown.Errors {
			row, _ := e.Position()
			faults = append(faults, fault{file, row, unknownKey(e.Key())})
		}
		return faults, nil
	case errors.As(err, &bad):
		row, _ := bad.Position()
		if want := wantedType(bad.Key()); want != "" && strings.Contains(bad.Error(), "cannot") {
			return nil, fault{file, row, fmt.Sprintf("%s: want %s", strings.Join(bad.Key(), "."), want)}
		}
		return nil, fault{file, row, strings.TrimPrefix(bad.Error(), "toml: ")}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return nil, nil
}

func unknownKey(key []string) string {
	allowed := strings.Join(allowedKeys(key), ", ")
	if len(key) == 1 {
		return fmt.Sprintf("unknown table or key %q: allowed: %s", key[0], allowed)
	}
	return fmt.Sprintf("unknown key %q: allowed in [%s]: %s", strings.Join(key, "."), strings.Join(key[:len(key)-1], "."), allowed)
}

// wantedType says in words what a key takes, "" for a key that is none.
func wantedType(key []string) string {
	if len(key) == 0 {
		return ""
	}
	t := tableType(key[:len(key)-1])
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("toml") != key[len(key)-1] {
			continue
		}
		switch t.Field(i).Type.Kind() {
		case reflect.Bool, reflect.Pointer: // the latter of bool: not said is not false
			return "true or false"
		case reflect.Int:
			return "a whole number"
		case reflect.Float64:
			return "a number"
		case reflect.String:
			return `text in quotes`
		case reflect.Struct:
			return fmt.Sprintf("a table [%s]", key[0])
		}
		if t.Field(i).Type.Elem().Kind() == reflect.Struct {
			return fmt.Sprintf("tables [[%s]], each with its own header", key[0])
		}
		return `a list such as ["a", "b"]`
	}
	return ""
}

// allowedKeys lists the keys that stand where the unknown one was found.
func allowedKeys(key []string) []string {
	t := tableType(key[:len(key)-1])
	var keys []string
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("toml"); tag != "" {
			keys = append(keys, tag)
		}
	}
	return keys
}

// tableType is the struct behind a table of the configuration.
func tableType(table []string) reflect.Type {
	t := reflect.TypeFor[Config]()
	for _, part := range table {
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("toml") == part {
				t = t.Field(i).Type
				break
			}
		}
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
	}
	return t
}
