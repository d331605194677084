package main

// Buckets of S3 and of whatever speaks like it are fetched by every build; a
// folder (file:///…) is ingest's own.
import _ "gocloud.dev/blob/s3blob"
