// Package queries knows the SQL files of the house: their strict headers, the
// order in which they depend on each other, how they become views and tables
// of the warehouse, and which checks must hold. It must not know where rows
// came from, how cells are protected, or what a chart is.
package queries
