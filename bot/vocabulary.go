package bot

import "strings"

// functionWords are English words that a question may hold without naming
// anything: what is left over beside them was not understood, and is said.
var functionWords = set(`a about above account according across act acts active actually added affect affected affecting affects after again against agreement
	all allow allowed already also always am an and answer any anyone anything apply applied applies are as ask at back ban banned bans barred based be because been before began begin
	begins being below beside between binding both business but buy by can cause change changed changes check checked clause come comes coming company companies confirm confirmed
	continue control controlled controls could country cover covered covers current currently custom customs cut date dates day days deal decided decision did do does doing done down due during duty duties each effect effective
	either else end ended ending ends enforce enforced enough ever every exactly exist exists expire expired expires expiry export exported exporter exporters exporting exports extend extended extension fact false fee fees find first firm firms follow following
	for force forced from further get give given go goes going good goods government had happen happened happening happens has have having he held help her here hit his hit hold holds how i if import imported imports
	importer importers importing imports impose imposed in include included includes info information into is it item items its itself just keep kept kind know known last latest law lawful lead left legal let level licence licences license licensed licenses licensing
	lift lifted like limit limits link list listed listing lists live long longer look made make makes many material materials may me mean means measure measures might mofcom more most move much must my name named need needed needs
	new next no none nor not note nothing notice notices now number of off officially official ok old on once one only open or order ordered orders other our out over own owned owner owners ownership part parts party pause paused
	per period permission permit permitted please policy possible present presumed presently product products proof proposed prove public published put question quite rate rates read reason record recorded regarding regime related
	remain remains report reported require required requirement requirements requires restrict restricted restriction restrictions resume resumed result right rule rules run running said same say saying says see sell send set shall she ship shipment shipments shipped shipping
	should show side since so some someone something soon source sources stand stands start started starting starts state stated status stay still stop stopped stops struck subject such suspend suspended suspending suspension suspensions take taken
	tariff tariffs tax taxes tell than thanks that the their them then there these they thing things think this those though threat threatened through time times to today tomorrow too took total trade traded treat true try type under understand
	unless until up upcoming update upon us use used users using valid very via want wanted was way we week weeks well went were what whats what's when where whether which while who whom whose why will wish with within
	without work would year years yes yesterday yet you your article citation cite deadline evidence reference right effect currently normal kindly hi hello dear anybody everybody lapse lapsed lapses snap snapback snapped reinstated reinstate apart dropped drop revoked revoke
	announced announcement announcements announce whatever percent month months prohibited hts hs code codes civil military use sanctioned sanction sanctions happened situation ruling court authority gone restart restarted expect expected later earlier moment exact permitted outside inside abroad`)

// hanFunctionWords are the same in Chinese, the longest first.
var hanFunctionWords = strings.Fields(`多少 什么时候 什么时间 有没有 是不是 会不会 还是否 为什么 接下来 多长时间 有哪些 有什么 截止日期 到期日 目前 现在 如今 当前 是否 是什么 什么 何时 多久 哪天 哪一天 几号 几月 为何 原因 来源 出处 依据 证据 链接
	哪些 列出 所有 全部 措施 怎么样 怎么 如何 情况 状态 生效 有效 失效 暂停 恢复 实施 施行 终止 结束 取消 撤销 废止 到期 延长 延期 继续 管制 受管制 受控 管控 限制 禁止 禁令 出口 进口 关税 加征 税率 许可证 许可 需要 需 申请 公告 公布 发布 规定 政策
	文件 官方 媒体 报道 确认 推定 还在 仍在 仍然 仍 依然 已经 已 被列入 列入 被 吗 呢 吧 啊 请问 请 告诉我 帮我 查一下 一下 我 我们 你 您 它 这个 那个 这 那 的 了 在 是 有 会 将 要 能否 能 可以 可 应 该 对 向 往 至 到 从 自 由 与 和 及 或 等 以 为 于 之 其 就 都 也 还 又 再 吗
	不 没 未 无 受 变化 后续 即将 未来 近期 天 日 月 年 号 第 款 条 项 个 家 产品 商品 货物 物项 公司 企业 相关 关于 问 想 知道 了解 答 谁 哪 里 中 上 下 内 外 前 后 时 开始 起 止 最后 最新 今天 明天 昨天 何 几 说 法 令 文 新 旧 征收 适用 涉及 影响 出 入 来 去 用 做 吗`)
