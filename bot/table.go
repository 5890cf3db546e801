package bot

import (
	"slices"

	"derisk/tracker"
)

// Commands is the table of all commands. Top-level names are Discord's slash
// commands; a group's commands are its subcommands.
func Commands() []Command {
	return []Command{
		{Name: "ask", ZH: "询问", Run: ask,
			About:   text("Ask about a measure, a product, a party or a date in plain words", "用自然语言询问措施、产品、当事方或日期"),
			Options: timed(Option{Name: "question", ZH: "问题", About: text("Such as: is artificial graphite to the US controlled today?", "例如：石墨负极现在受管制吗？"), Required: true, Rest: true})},
		{Name: "overview", ZH: "总览", Run: overview,
			About: text("What is in force, suspended or presumed, and what is due soon", "现行、暂停与推定的措施，以及近期到期事项"), Options: timed()},
		{Name: "measure", ZH: "措施", Run: measure,
			About:   text("One measure: its status, its dates, what comes next, its sources", "一项措施：状态、日期、后续与来源"),
			Options: timed(Option{Name: "id", ZH: "编号", About: text("The measure's id, or words of its title", "措施编号或标题中的词"), Required: true, Rest: true, Known: KnownMeasures})},
		{Name: "measures", ZH: "措施列表", Run: measures,
			About:   text("List measures", "列出措施"),
			Options: timed(Option{Name: "filter", ZH: "筛选", About: text("Such as: tag:lithium-battery by:CN kind:tariff status:suspended text:graphite", "例如：tag:lithium-battery by:CN status:suspended text:石墨"), Rest: true, Known: KnownFilters})},
		{Name: "timeline", ZH: "时间线", Run: timelineCommand,
			About: text("A picture of what measures were and will be when", "措施各阶段状态的时间线图"),
			Options: timed(
				Option{Name: "of", ZH: "对象", About: text("A measure's id, or a filter such as tag:lithium-battery by:CN; all where not given", "措施编号，或筛选条件如 tag:lithium-battery；默认全部"), Rest: true, Known: KnownCourses},
				Option{Name: "from", ZH: "自", About: text("First day shown", "起始日"), Type: Day},
				Option{Name: "to", ZH: "至", About: text("Last day shown", "截止日"), Type: Day},
				Option{Name: "theme", ZH: "主题", About: text("What it is drawn on; dark where not given", "底色；默认深色"), Choices: []Choice{
					{"dark", text("dark", "深色")}, {"light", text("light", "浅色")}}},
			)},
		{Name: "check", ZH: "核查", Run: check,
			About: text("Which measures bear on a product, and on what that depends", "哪些措施涉及某产品，取决于什么"),
			Options: timed(
				Option{Name: "product", ZH: "产品", About: text("Words, a tag or an HS code", "名称、标签或HS编码"), Required: true, Rest: true, Known: KnownGoods},
				Option{Name: "from", ZH: "自", About: text("Country that it comes from, such as CN", "来源国家，例如 CN"), Known: KnownCountries},
				Option{Name: "to", ZH: "至", About: text("Country that it goes to, such as US", "目的国家，例如 US"), Known: KnownCountries},
				Option{Name: "attr", ZH: "属性", About: text("What is known of it, such as energy_density_wh_kg=320", "已知属性，例如 energy_density_wh_kg=320")},
				Option{Name: "party", ZH: "当事方", About: text("Ids of all parties to the deal", "交易各方的编号"), Known: KnownEntities},
				Option{Name: "end-use", ZH: "最终用途", About: text("What it is for", "最终用途"), Choices: []Choice{
					{"civil", text("civil", "民用")}, {"military", text("military", "军用")}}},
			)},
		{Name: "calendar", ZH: "日历", Run: calendar,
			About: text("What changes when: starts, ends, snap-backs, reviews and commitments due", "何时有何变化：生效、终止、恢复、审查与承诺到期"),
			Options: timed(
				Option{Name: "from", ZH: "自", About: text("First day; today where not given", "起始日；默认今天"), Type: Day},
				Option{Name: "to", ZH: "至", About: text("Last day; 90 days on where not given", "截止日；默认90天后"), Type: Day},
			)},
		{Name: "history", ZH: "历史", Run: history,
			About: text("Events in the order of time, with when each was published and recorded", "按时间排列的事件，及其公布与记录时间"),
			Options: timed(
				Option{Name: "id", ZH: "编号", About: text("A measure's id; all measures where not given", "措施编号；默认全部"), Rest: true, Known: KnownMeasures},
			)},
		{Name: "commitments", ZH: "承诺", Run: commitments,
			About: text("What was promised by when, and what became of it", "承诺事项、期限与进展"), Options: timed()},
		{Name: "indicators", ZH: "指标", Run: indicators,
			About:   text("Figures with their sources; sources that disagree stand side by side", "带来源的数据；相互矛盾者并列"),
			Options: timed(Option{Name: "words", ZH: "词", About: text("Words of the title, or a tag", "标题中的词或标签"), Rest: true, Known: KnownGoods})},
		{Name: "entity", ZH: "主体", Run: entity,
			About:   text("A party: its owners, the lists that name it, the 50 % rule", "当事方：股东、列名情况与50%规则"),
			Options: timed(Option{Name: "id", ZH: "编号", About: text("Its id or one of its names", "编号或名称"), Required: true, Rest: true, Known: KnownEntities})},
		{Name: "review", ZH: "审查", About: text("Applications under an authority's review clock", "主管机关审查时限内的申请"), Sub: reviewCommands()},
		{Name: "alert", ZH: "提醒", About: text("What this channel is told of", "本频道接收哪些提醒"), Sub: slices.Concat(alertCommands(), postCommands())},
		{Name: "deliveries", ZH: "投递", Run: deliveries,
			About: text("What was sent where, what waits, and why something was not sent", "已发送、等待中以及未发送的原因"),
			Options: []Option{
				{Name: "failed", ZH: "仅失败", About: text("Only those that were given up", "仅列出放弃的投递"), Type: Truth},
				{Name: "limit", ZH: "条数", About: text("How many at most; 20 where not given", "最多条数；默认20"), Type: Whole},
			}},
		{Name: "rule", ZH: "规则", About: text("The rules that decide what is told", "决定提醒内容的规则"), Sub: ruleCommands()},
		{Name: "record", ZH: "记录", Run: record, Needs: RecordIt,
			About: text("Add a dated fact about a measure to the common record", "为措施添加一条有日期的事实"), Options: recordOptions()},
		{Name: "audit", ZH: "审计", Run: audit, Needs: ManageIt,
			About: text("Who changed what, and when", "何人于何时更改了什么"),
			Options: []Option{
				{Name: "what", ZH: "内容", About: text("Words that an entry must hold: record, s1, a user's id", "记录须包含的词：record、s1、用户编号"), Rest: true},
				{Name: "to", ZH: "至", About: text("Last day to show; today where not given", "所示的最后一日；默认今天"), Type: Day},
				{Name: "limit", ZH: "条数", About: text("How many at most; 100 where not given", "最多条数；默认100"), Type: Whole},
			}},
		{Name: "help", ZH: "帮助", Run: help,
			About:   text("What there is, and how to begin", "功能一览与入门"),
			Options: []Option{{Name: "command", ZH: "命令", About: text("The command to explain", "要说明的命令"), Rest: true}}},
	}
}

func reviewCommands() []Command {
	id := Option{Name: "id", ZH: "编号", About: text("The review's id, such as r1", "审查编号，例如 r1"), Required: true, Known: KnownReviews}
	return []Command{
		{Name: "review add", ZH: "添加", Run: addReview, Needs: ReviewIt, About: text("Start the clock of an application", "开始一项申请的审查计时"),
			Options: []Option{
				{Name: "measure", ZH: "措施", About: text("The measure under which it was filed", "申请所依的措施"), Required: true, Known: KnownReviewed},
				{Name: "accepted", ZH: "受理日", About: text("The day of acceptance; the next working day is day 1", "受理日；其后首个工作日为第1日"), Type: Day, Required: true},
				{Name: "name", ZH: "名称", About: text("What you call it", "您的称呼"), Rest: true},
			}},
		{Name: "review list", ZH: "列表", Run: listReviews, Needs: ReviewIt, About: text("Your applications: days counted, days left, when due", "您的申请：已计、剩余与到期日"),
			Options: []Option{{Name: "on", ZH: "日期", About: text("As they stood on that day", "当日的情形"), Type: Day}}},
		{Name: "review stop", ZH: "中止", Run: stopReview, Needs: ReviewIt, About: text("Stop a clock: the day of the stop does not count", "中止计时：中止当日不计"),
			Options: []Option{id, day("The day of the stop", "中止之日"), {Name: "for", ZH: "原因", About: text("Such as expert-review or site-visit", "例如 expert-review（专家评审）"), Rest: true}}},
		{Name: "review resume", ZH: "恢复", Run: resumeReview, Needs: ReviewIt, About: text("Let a clock run again: that day counts", "恢复计时：当日计入"),
			Options: []Option{id, day("The day from which it counts again", "恢复计时之日")}},
		{Name: "review decide", ZH: "决定", Run: decideReview, Needs: ReviewIt, About: text("End a clock: the authority decided", "结束计时：主管机关已作决定"),
			Options: []Option{id, day("The day of the decision", "作出决定之日")}},
	}
}

func alertCommands() []Command {
	id := Option{Name: "id", ZH: "编号", About: text("The subscription's id, such as s1", "订阅编号，例如 s1"), Required: true, Known: KnownSubscriptions}
	which := id
	which.Required, which.About = false, text("The subscription's id; those of this channel where not given", "订阅编号；默认本频道的订阅")
	return []Command{
		{Name: "alert subscribe", ZH: "订阅", Run: subscribe, Needs: AlertWork, About: text("Tell this channel what changes", "向本频道通知变化"),
			Options: append([]Option{
				{Name: "channel", ZH: "频道", About: text("The channel; this one where not given", "频道；默认本频道"), Type: Channel},
			}, settingOptions()...)},
		{Name: "alert preview", ZH: "预览", Run: alertPreview, About: text("What a subscription would have posted in 90 days, and will in the next 90", "订阅在过去90天会发布、今后90天将发布的内容"),
			Options: append(settingOptions(), which)},
		{Name: "alert edit", ZH: "修改", Run: editSubscription, Needs: AlertWork, About: text("Change a subscription; it keeps its id and its history", "修改订阅；编号与历史保留"),
			Options: append(append([]Option{id}, settingOptions()...),
				Option{Name: "without", ZH: "去除", About: text("What to take out", "要去除的设置"), Choices: []Choice{
					{"filter", text("the filter: everything is told", "筛选：通知全部")}, {"at", text("the time of digests: 09:00, Mondays", "摘要时间：09:00，周一")},
					{"quiet", text("the quiet hours", "免打扰时段")}, {"ping", text("the role to mention", "提及的身份组")}}})},
		{Name: "alert list", ZH: "列表", Run: listSubscriptions, About: text("The subscriptions here", "此处的订阅")},
		{Name: "alert history", ZH: "历史", Run: alertHistory, About: text("What was posted here lately, and what became of it", "此处近期发布的内容及其后续"),
			Options: []Option{which}},
		{Name: "alert why", ZH: "缘由", Run: alertWhy, About: text("Why something was posted here, or was not", "某事为何在此处发布或未发布"),
			Options: []Option{
				{Name: "what", ZH: "何事", About: text("A rule, a measure, or a firing's id", "规则、措施或触发编号"), Required: true, Known: KnownTold}, which}},
		{Name: "alert drill", ZH: "演练", Run: alertDrill, Needs: AlertWork, About: text("Send a test the whole way that an alert takes; it is marked as one", "沿提醒的完整路径发送一条标明的测试"),
			Options: []Option{which,
				{Name: "now", ZH: "立即", About: text("Whatever quiet hours or digests would hold it", "不受免打扰或摘要限制"), Type: Truth},
				{Name: "severity", ZH: "级别", About: text("Info where not given; a critical one mentions the role", "默认为提示；严重级会提及身份组"), Choices: choices(tracker.Severities(), severityWords)}}},
		{Name: "alert zone", ZH: "时区", Run: setZone, Needs: AlertWork, About: text("The zone of times here, and of new subscriptions", "此处时间与新订阅所用的时区"),
			Options: []Option{{Name: "zone", ZH: "时区", About: text("Such as Europe/Berlin; where not given, what it is", "例如 Asia/Shanghai；留空则显示当前时区"), Rest: true, Known: KnownZones}}},
		{Name: "alert pause", ZH: "暂停", Run: pauseSubscription, Needs: AlertWork, About: text("Stop a subscription without deleting it", "暂停订阅但不删除"),
			Options: []Option{id, {Name: "why", ZH: "原因", About: text("Why, for those who read the list", "原因，供他人查看"), Rest: true}}},
		{Name: "alert resume", ZH: "恢复", Run: resumeSubscription, Needs: AlertWork, About: text("Let a subscription go on", "恢复订阅"), Options: []Option{id}},
		{Name: "alert unsubscribe", ZH: "退订", Run: unsubscribe, Needs: AlertWork, About: text("End a subscription", "终止订阅"), Options: []Option{id}},
		{Name: "alert roles", ZH: "身份组", Run: setRoles, On: DiscordOnly, Needs: ManageIt, About: text("Which roles may change alerts, record facts and see reviews", "哪些身份组可更改提醒、记录事实与查看审查"),
			Options: []Option{
				{Name: "alert", ZH: "提醒", About: text("May change alerts", "可更改提醒"), Type: Role},
				{Name: "record", ZH: "记录", About: text("May record facts", "可记录事实"), Type: Role},
				{Name: "review", ZH: "审查", About: text("May see and change reviews; @everyone opens them to the server", "可查看与更改审查；@everyone 即对整个服务器开放"), Type: Role},
				{Name: "forget", ZH: "取消", About: text("The right that no role shall give any more", "不再由任何身份组授予的权利"), Choices: []Choice{
					{"alert", text("change alerts", "更改提醒")}, {"record", text("record facts", "记录事实")}, {"review", text("see and change reviews", "查看与更改审查")}}},
			}},
	}
}

// settingOptions are what can be set of a subscription.
func settingOptions() []Option {
	return []Option{
		{Name: "filter", ZH: "筛选", About: text("Such as tag:lithium-battery by:CN severity:warning; all where empty", "例如 tag:lithium-battery by:CN；留空为全部"), Rest: true, Known: KnownFilters},
		{Name: "lang", ZH: "语言", About: text("The language of its posts", "通知的语言"), Choices: []Choice{{"en", text("English", "English")}, {"zh", text("中文", "中文")}}},
		{Name: "zone", ZH: "时区", About: text("Such as Asia/Shanghai: for quiet hours, digests and dates", "例如 Asia/Shanghai：用于免打扰、摘要与日期"), Known: KnownZones},
		{Name: "deliver", ZH: "发送", About: text("When posts go out", "何时发送"), Choices: []Choice{
			{"at-once", text("at once", "立即")}, {"hourly", text("hourly digest", "每小时摘要")}, {"daily", text("daily digest, 09:00 or at", "每日摘要（09:00或所定时间）")}, {"weekly", text("weekly digest, Monday 09:00 or at", "每周摘要（周一09:00或所定时间）")}}},
		{Name: "at", ZH: "时间", About: text("When digests go out: 07:30, or with a day of the week fri 16:00", "摘要时间：07:30，或含星期：周五 16:00")},
		{Name: "quiet", ZH: "免打扰", About: text("Hours without posts, such as 22:00-07:00; what comes then is held", "免打扰时段，例如 22:00-07:00；其间消息留待之后发送")},
		{Name: "ping", ZH: "提及", About: text("The role to mention when something is critical", "紧急时提及的身份组"), Type: Role},
	}
}

// postCommands are about one post, or about what is not told. The buttons below a
// post are commands of these.
func postCommands() []Command {
	id := Option{Name: "id", ZH: "编号", About: text("The post's id, from its last line", "消息编号，见其末行"), Required: true, Known: KnownPosts}
	return []Command{
		{Name: "alert post", ZH: "消息", Run: showPost, About: text("A post in full, with what became of it since", "完整显示一条消息及其后续"), Options: []Option{id}},
		{Name: "alert ack", ZH: "确认", Run: acknowledge, About: text("Say that you see to what a post tells", "表明您已在处理该消息"), Options: []Option{id}},
		{Name: "alert snooze", ZH: "稍后", Run: snooze, Needs: AlertWork, About: text("Tell no more of it for a while, then once again if it still holds", "暂不提醒，之后若仍成立再提醒一次"),
			Options: []Option{id,
				{Name: "for", ZH: "多久", About: text("How long; a day where not given", "多久；默认1天"), Choices: []Choice{
					{"1d", text("1 day", "1天")}, {"3d", text("3 days", "3天")}, {"1w", text("1 week", "1周")}}},
				{Name: "until", ZH: "至", About: text("The day on which it is told again, at 09:00", "再次提醒之日（09:00）"), Type: Day}}},
		{Name: "alert mute", ZH: "静音", Run: mute, Needs: AlertWork, About: text("Tell this channel nothing of a measure, for good or until a day", "不再向本频道通知某措施，永久或至某日"),
			Options: []Option{id,
				{Name: "measure", ZH: "措施", About: text("Which, where the post is about several", "消息涉及多项措施时指明哪项"), Known: KnownMeasures},
				{Name: "until", ZH: "至", About: text("The day on which it ends, at 09:00; for good where not given", "结束之日（09:00）；默认永久"), Type: Day}}},
		{Name: "alert muted", ZH: "静音列表", Run: listHushes, About: text("What is snoozed or muted, by whom and until when", "已静音或稍后提醒的事项、设置者与期限")},
		{Name: "alert unmute", ZH: "取消静音", Run: endHush, Needs: AlertWork, About: text("End a mute or a snooze now", "立即结束静音或稍后提醒"),
			Options: []Option{{Name: "id", ZH: "编号", About: text("Its id, such as h1", "编号，例如 h1"), Required: true, Known: KnownHushes}}},
		{Name: "alert explain", ZH: "说明", Run: explainPost, About: text("Why a post was sent", "消息的缘由"), Options: []Option{id}},
		{Name: "alert sources", ZH: "来源", Run: showSources, About: text("The sources of what a post tells", "消息所依据的来源"), Options: []Option{id}},
	}
}

func ruleCommands() []Command {
	name := Option{Name: "rule", ZH: "规则", About: text("The rule's name", "规则名称"), Known: KnownRules}
	needed := name
	needed.Required = true
	return []Command{
		{Name: "rule list", ZH: "列表", Run: listRules, About: text("The rules, when they run, and which are broken", "规则、运行时间与故障")},
		{Name: "rule explain", ZH: "解释", Run: explainRule, About: text("Why a rule fires for a subject, or does not", "规则为何触发或不触发"),
			Options: []Option{needed,
				{Name: "subject", ZH: "对象", About: text("Id of a measure, review or the like; all where not given", "措施、审查等的编号；默认全部"), Known: KnownSubjects},
				{Name: "at", ZH: "时间", About: text("When, in the rule's zone; now where not given", "时间（规则时区）；默认现在"), Type: Day}}},
		{Name: "rule firing", ZH: "触发", Run: explainFiring, About: text("Why something was told: by the rule and the facts of that time", "某条通知的缘由：按当时的规则与事实"),
			Options: []Option{{Name: "id", ZH: "编号", About: text("The firing's id, which stands below what was told", "触发编号，见通知下方"), Required: true}}},
		{Name: "rule try", ZH: "试算", Run: tryRule, About: text("What a condition matches now, as a rule would write it", "规则条件目前匹配哪些对象"),
			Options: []Option{
				{Name: "expression", ZH: "表达式", About: text("Such as: measure.status == \"suspended\" and days_until(measure.until) <= 30", "例如：measure.status == \"suspended\" and days_until(measure.until) <= 30"), Required: true, Rest: true},
				{Name: "each", ZH: "对象", About: text("What it goes over; measures where not given", "考察的对象；默认措施"), Choices: eachChoices()},
				{Name: "at", ZH: "时间", About: text("When; now where not given", "时间；默认现在"), Type: Day},
				{Name: "zone", ZH: "时区", About: text("Where today is; UTC where not given, as in a rule", "“今天”所在时区；默认UTC，与规则相同"), Known: KnownZones},
				{Name: "limit", ZH: "条数", About: text("How many to show at most; 20 where not given", "最多显示条数；默认20"), Type: Whole},
			}},
		{Name: "rule backtest", ZH: "回测", Run: backtestRules, About: text("What rules would have fired, knowing only what was published by then", "按当时已公布信息，规则本会触发什么"),
			Options: []Option{name,
				{Name: "from", ZH: "自", About: text("First day", "起始日"), Type: Day, Required: true},
				{Name: "to", ZH: "至", About: text("Last day; today where not given", "截止日；默认今天"), Type: Day}}},
		{Name: "rule forecast", ZH: "预测", Run: forecastRules, About: text("What rules will fire if nothing new happens", "若无新变化，规则将触发什么"),
			Options: []Option{name, {Name: "days", ZH: "天数", About: text("How many days; 90 where not given", "天数；默认90"), Type: Whole}}},
	}
}

func recordOptions() []Option {
	return []Option{
		{Name: "measure", ZH: "措施", About: text("The measure that it is about", "所涉措施"), Required: true, Known: KnownMeasures},
		{Name: "what", ZH: "事件", About: text("What happened", "发生了什么"), Required: true, Choices: whatChoices()},
		{Name: "on", ZH: "日期", About: text("From when it holds: 2026-11-10, or as coarse as it is known", "自何时起：2026-11-10，或已知的粗略日期"), Type: Day},
		{Name: "until", ZH: "至", About: text("The last day that it holds", "最后一日")},
		{Name: "published", ZH: "公布日", About: text("When the public could know; the day of on where not given", "公布日；默认与日期相同"), Type: Day},
		{Name: "evidence", ZH: "依据", About: text("What it rests on: the act itself, the press, commentary", "依据：官方文件、媒体或评论"), Required: true, Choices: evidenceChoices()},
		{Name: "source", ZH: "来源", About: text("The title of the source", "来源标题")},
		{Name: "url", ZH: "链接", About: text("Where the source can be read", "来源网址")},
		{Name: "of", ZH: "所指", About: text("The event that it is about; of reported: what is reported", "所指事件；报道时为所报道之事")},
		{Name: "to", ZH: "改至", About: text("Of postponed: the new start", "推迟后的新起始日")},
		{Name: "reason", ZH: "终止原因", About: text("Of ended: why", "终止原因"), Choices: reasonChoices()},
		{Name: "note", ZH: "说明", About: text("In your words", "说明"), Rest: true},
	}
}

// timed are options with those that every question takes.
func timed(options ...Option) []Option {
	return append(slices.Clip(options),
		Option{Name: "on", ZH: "日期", About: text("As it stands on that day, such as 2026-11-10", "该日的情形，例如 2026-11-10"), Type: Day},
		Option{Name: "known", ZH: "截至", About: text("As it was known on that day", "按该日已公布的信息"), Type: Day})
}

func day(en, zh string) Option {
	return Option{Name: "day", ZH: "日期", About: text(en, zh), Type: Day, Required: true}
}

func text(en, zh string) tracker.Text { return tracker.Text{EN: en, ZH: zh} }
