package attack

import (
	"fmt"

	"osservatorio/queries/disclosure/linked"
)

// Implied lists the groups of finest codes of a variable that no code names and
// that whoever sees its codes can compute: what is left of a code without
// another inside it, and without all codes inside it. Add them to a family as
// nodes, and as cells that no row shows: else nobody looks at the small counts
// between two boundaries. What other codes make up is left out, for they are
// looked at anyway.
func Implied(dim linked.Dim) []linked.Node {
	named := map[string]bool{}
	for _, node := range dim.Nodes {
		named[fmt.Sprint(node.Leaves)] = true
	}
	var implied []linked.Node
	for _, outer := range dim.Nodes {
		inside := insideOf(dim, outer.Leaves)
		rest := linked.Node{Code: outer.Code + " without all inside", Leaves: outer.Leaves}
		candidates := []linked.Node{}
		for _, inner := range inside {
			rest.Leaves = beside(rest.Leaves, inner.Leaves)
			candidates = append(candidates, linked.Node{Code: outer.Code + " without " + inner.Code, Leaves: beside(outer.Leaves, inner.Leaves)})
		}
		for _, node := range append(candidates, rest) {
			key := fmt.Sprint(node.Leaves)
			if len(inside) > 0 && !named[key] && !madeUp(dim, node.Leaves) {
				named[key] = true
				implied = append(implied, node)
			}
		}
	}
	return implied
}

// insideOf lists the codes below a group of finest codes, without itself.
func insideOf(dim linked.Dim, leaves []int32) []linked.Node {
	var inside []linked.Node
	for _, node := range dim.Nodes {
		if len(node.Leaves) < len(leaves) && len(beside(node.Leaves, leaves)) == 0 {
			inside = append(inside, node)
		}
	}
	return inside
}

// madeUp says whether codes make up a group; none make up nothing.
func madeUp(dim linked.Dim, leaves []int32) bool {
	left := leaves
	for _, node := range insideOf(dim, leaves) {
		left = beside(left, node.Leaves)
	}
	return len(left) == 0
}

// beside lists the finest codes of one group that are not in another.
func beside(all, others []int32) []int32 {
	in := make(map[int32]bool, len(others))
	for _, leaf := range others {
		in[leaf] = true
	}
	var rest []int32
	for _, leaf := range all {
		if !in[leaf] {
			rest = append(rest, leaf)
		}
	}
	return rest
}
