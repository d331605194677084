package synthetic

type eventKind uint8

const (
	eventStart eventKind = iota
	eventExtension
	eventTransformation
	eventEnd
)

type formKind uint8

const (
	formUNILAV formKind = iota
	formUNISOMM
	formUNIURG
	formVARDATORI
)

// event is one event of a compulsory communication.
type event struct {
	relationship   int
	seq            int
	employer       int
	kind           eventKind
	on, planned    day
	contract       int // index of reference.contracts
	form           formKind
	hours          uint8
	transformation string
	cessation      string
	comune         int    // index of reference.comuni; negative: beyond the region
	sector         string // by ATECO 2007; the file writes the list of `sent`
	occupation     string
	seasonal       bool
	corrects       int // index of the person's events; −1 none, correctsUnknown one that nobody knows
	cancelled      bool
	cancelOn       day // when the cancellation arrives; none
	received       day
	sent           day  // first received: its codes are those of the lists in force then
	lost           bool // it was never delivered
}

// correctsUnknown marks a correction of an event that was never sent.
const correctsUnknown = -2

var (
	eventNames = [...]string{"start", "extension", "transformation", "end"}
	formNames  = [...]string{"UNILAV", "UNISOMM", "UNIURG", "VARDATORI"}
	hourNames  = [...]string{"F", "P", "V", "M", "N"}
)

func (e event) stamp() day { return e.received }

func (e event) line(b []byte, w *world, p *person) []byte {
	b = appendEventID(b, p, e.relationship, e.seq)
	b = appendID(append(b, ','), 'j', p.number, e.relationship)
	b = appendCode(append(b, ",p"...), p.number)
	b = appendCode(append(b, ",e"...), uint64(e.employer))
	b = append(append(b, ','), eventNames[e.kind]...)
	b = w.append(append(b, ','), e.on)
	b = w.append(append(b, ','), e.planned)
	b = append(append(b, ','), w.contracts[e.contract].code...)
	b = append(append(b, ','), hourNames[e.hours]...)
	b = append(append(b, ','), e.transformation...)
	b = append(append(b, ','), e.cessation...)
	b = w.appendSector(append(b, ','), e.sector, e.sent)
	b = append(append(b, ','), w.sectorVersion(e.sent)...)
	b = append(append(b, ','), e.occupation...)
	b = append(append(b, ','), w.occupationVersion(e.sent)...)
	b = append(append(b, ','), w.workplaceCode(e.comune)...)
	b = append(append(b, ','), formNames[e.form]...)
	b = appendBool(append(b, ','), e.seasonal)
	b = append(b, ',')
	switch {
	case e.corrects >= 0:
		b = appendEventID(b, p, e.relationship, p.events[e.corrects].seq)
	case e.corrects == correctsUnknown:
		b = appendEventID(b, p, e.relationship, 97+e.seq)
	}
	b = appendBool(append(b, ','), e.cancelled)
	return w.append(append(b, ','), e.received)
}

func appendEventID(b []byte, p *person, relationship, seq int) []byte {
	b = appendID(b, 'c', p.number, relationship)
	return appendSeq(append(b, '-'), seq)
}
