// Package oracle holds no code to run: its tests recompute marts and cubes
// from raw rows in plain loops, from the definitions alone, for small random
// populations full of edge cases, and compare them with what the SQL gives.
package oracle
