// Package release knows the public format: what a published view, its header,
// its rows and their statuses are, and how a release folder is read. It must
// not know the warehouse, SQL, charts or pages, and imports nothing of ours.
//
// A release is the only thing that crosses from the confidential side to the
// public side. Every reader of it (dashboards, site, researchers' tools) gets
// protected numbers only: a confidential value is nil with status Q, the same
// in every column, file and chart.
package release
