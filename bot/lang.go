package bot

import "derisk/tracker"

// What the model's closed words are called. A word that is missing here is told
// as it is; a test keeps the lists whole.

var statusWords = map[tracker.Status]tracker.Text{
	tracker.NoStatus:        {EN: "no status yet", ZH: "尚无状态"},
	tracker.StatusProposed:  {EN: "proposed", ZH: "拟议"},
	tracker.StatusAnnounced: {EN: "announced", ZH: "已公布"},
	tracker.StatusInForce:   {EN: "in force", ZH: "有效"},
	tracker.StatusSuspended: {EN: "suspended", ZH: "暂停"},
	tracker.StatusEnded:     {EN: "ended", ZH: "已终止"},
}

var reasonWords = map[tracker.Reason]tracker.Text{
	tracker.Expired:    {EN: "expired", ZH: "到期"},
	tracker.Revoked:    {EN: "revoked", ZH: "被撤销"},
	tracker.StruckDown: {EN: "struck down by a court", ZH: "被法院推翻"},
	tracker.Replaced:   {EN: "replaced", ZH: "被取代"},
	tracker.Dropped:    {EN: "dropped", ZH: "被放弃"},
}

var whatWords = map[tracker.What]tracker.Text{
	tracker.Proposed:   {EN: "proposed", ZH: "提出"},
	tracker.Announced:  {EN: "announced", ZH: "公布"},
	tracker.Effective:  {EN: "effective", ZH: "生效"},
	tracker.Postponed:  {EN: "postponed", ZH: "推迟"},
	tracker.Suspended:  {EN: "suspended", ZH: "暂停"},
	tracker.Resumed:    {EN: "resumed", ZH: "恢复"},
	tracker.Extended:   {EN: "extended", ZH: "延长"},
	tracker.Amended:    {EN: "amended", ZH: "修订"},
	tracker.Exempted:   {EN: "exempted", ZH: "豁免"},
	tracker.Ended:      {EN: "ended", ZH: "终止"},
	tracker.Reinstated: {EN: "reinstated", ZH: "恢复效力"},
	tracker.Reported:   {EN: "reported", ZH: "报道"},
	tracker.Ruled:      {EN: "ruled", ZH: "裁决"},
	tracker.Challenged: {EN: "challenged", ZH: "上诉"},
	tracker.Corrected:  {EN: "corrected", ZH: "更正"},
	tracker.Withdrawn:  {EN: "withdrawn", ZH: "撤回"},
}

var evidenceWords = map[tracker.Evidence]tracker.Text{
	tracker.Official:   {EN: "official", ZH: "官方"},
	tracker.Press:      {EN: "press", ZH: "媒体"},
	tracker.Commentary: {EN: "commentary", ZH: "评论"},
}

var severityWords = map[tracker.Severity]tracker.Text{
	tracker.Info:     {EN: "info", ZH: "提示"},
	tracker.Warning:  {EN: "warning", ZH: "警告"},
	tracker.Critical: {EN: "critical", ZH: "严重"},
}

var kindWords = map[tracker.Kind]tracker.Text{
	tracker.ExportControl:     {EN: "export control", ZH: "出口管制"},
	tracker.Tariff:            {EN: "tariff", ZH: "关税"},
	tracker.ImportRestriction: {EN: "import restriction", ZH: "进口限制"},
	tracker.EntityList:        {EN: "entity list", ZH: "实体清单"},
	tracker.OwnershipRule:     {EN: "ownership rule", ZH: "持股规则"},
	tracker.PortFee:           {EN: "port fee", ZH: "港口费"},
	tracker.Licence:           {EN: "licence", ZH: "许可"},
	tracker.Investigation:     {EN: "investigation", ZH: "调查"},
	tracker.ControlOrder:      {EN: "control order", ZH: "管控令"},
	tracker.CourtOrder:        {EN: "court order", ZH: "法院命令"},
	tracker.PriceFloor:        {EN: "price floor", ZH: "价格下限"},
	tracker.Framework:         {EN: "framework", ZH: "框架安排"},
	tracker.Instrument:        {EN: "legal instrument", ZH: "法律工具"},
	tracker.Subsidy:           {EN: "subsidy", ZH: "补贴"},
}

// named is what a word is called, or the word itself.
func named[W ~string](names map[W]tracker.Text, w W) tracker.Text {
	if t, ok := names[w]; ok {
		return t
	}
	return tracker.Text{EN: string(w), ZH: string(w)}
}

func whatChoices() []Choice { return choices(tracker.Whats(), whatWords) }

func evidenceChoices() []Choice { return choices(tracker.Evidences(), evidenceWords) }

func reasonChoices() []Choice { return choices(tracker.Reasons(), reasonWords) }

func choices[W ~string](all []W, names map[W]tracker.Text) []Choice {
	var list []Choice
	for _, w := range all {
		list = append(list, Choice{Value: string(w), Name: named(names, w)})
	}
	return list
}
