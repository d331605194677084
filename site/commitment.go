package site

import "encoding/json"

// commitmentsFile stands at the root of a site that committed itself to releases
// before they were public.
const commitmentsFile = "commitment.json"

// Commitment is the hash of the manifest of a release that is not public yet:
// whoever kept it can tell later that the release was not changed since.
type Commitment struct {
	ID   string `json:"id"`
	Sums string `json:"sums_sha256"` // of its SHA256SUMS
}

func (c composer) commitmentsPath() string {
	if len(c.opt.Commitments) == 0 {
		return ""
	}
	return "/" + commitmentsFile
}

func (b *builder) commit() error {
	if len(b.opt.Commitments) == 0 {
		return nil
	}
	data, err := json.MarshalIndent(b.opt.Commitments, "", "  ")
	if err != nil {
		return err
	}
	return b.make(commitmentsFile, append(data, '\n'))
}
