package synthetic

// measures are the codes of services.measure by index: none, the eight of the
// national plan, the five of L.R. 14. A service's measure decides in which
// group its outcome is counted.
var measures = [...]string{
	"",
	"accompagnamento", "formazione", "tirocinio", "formazione_autoimpiego", "incentivi_autonomo", "mobilita", "conciliazione", "lsu",
	"lr14_formazione", "lr14_formazione_permanente", "lr14_tirocinio", "lr14_orientamento", "lr14_accompagnamento",
}

const (
	measureNone = iota
	measureSupport
	measureTraining
	measureTraineeship
	measureSelfEmploymentTraining
	measureSelfEmployment
	measureMobility
	measureCare
	measureSociallyUseful
	measureLR14Training
	measureLR14Lifelong
	measureLR14Traineeship
	measureLR14Guidance
	measureLR14Support
)

// measureOf is the measure that an activity of a LEP is: programmes of L.R. 14
// have their own; u parts certified training from lifelong learning.
func measureOf(slug string, programme int8, u float64) uint8 {
	lr14 := programme == programmeLR14
	switch {
	case slug == "accompagnamento" && lr14:
		return measureLR14Support
	case slug == "accompagnamento":
		return measureSupport
	case slug == "avviamento_formazione" && lr14 && u < .6:
		return measureLR14Training
	case slug == "avviamento_formazione" && lr14:
		return measureLR14Lifelong
	case slug == "avviamento_formazione":
		return measureTraining
	case slug == "tirocinio_attivazione" && lr14:
		return measureLR14Traineeship
	case slug == "tirocinio_attivazione":
		return measureTraineeship
	case slug == "orientamento_specialistico" && lr14:
		return measureLR14Guidance
	}
	return otherMeasure(slug)
}

func otherMeasure(slug string) uint8 {
	switch slug {
	case "autoimpiego":
		return measureSelfEmploymentTraining
	case "incentivi_autonomo":
		return measureSelfEmployment
	case "mobilita":
		return measureMobility
	case "conciliazione":
		return measureCare
	case "lsu":
		return measureSociallyUseful
	}
	return measureNone
}
