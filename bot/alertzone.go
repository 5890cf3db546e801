package bot

import (
	"context"
	"time"

	"derisk/tracker"
)

// ZoneSetting is the key under which [Settings] keeps an owner's zone, by its IANA
// name. Discord tells nobody's zone (discord/discord-api-docs#2468), so it is
// asked for once.
func ZoneSetting(owner string) string { return "zone:" + owner }

// inZone gives the request the zone that its owner has set.
func (r Request) inZone(ctx context.Context, env Env) (Request, error) {
	if env.Settings == nil || r.Owner == "" || r.Owner == Everybody {
		return r, nil
	}
	name, err := env.Settings.Setting(ctx, ZoneSetting(r.Owner))
	if zone, bad := zoneNamed(name); err == nil && name != "" && bad == nil {
		r.Zone = zone
	}
	return r, err
}

// zoneNamed is a zone by its IANA name, and not the machine's own.
func zoneNamed(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local || name == "" {
		return nil, wrong("%q is not a zone: write an IANA name such as Europe/Berlin", "“%s”不是时区：请写 IANA 名称，例如 Asia/Shanghai", shown(name))
	}
	return zone, nil
}

// setZone sets the zone of a server, or of somebody in direct messages, or tells it.
func setZone(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Settings == nil || env.Audit == nil {
		return Reply{}, noneHere("settings", "设置")
	}
	reply := Reply{Title: text("Zone", "时区").In(r.Lang), Ephemeral: true}
	if name := r.Arg("zone"); name != "" {
		zone, err := zoneNamed(name)
		if err != nil {
			return Reply{}, err
		}
		if err := env.Audit.ChangeSetting(ctx, ZoneSetting(r.Owner), name, r.entry("set zone", name, "")); err != nil {
			return Reply{}, err
		}
		r.Zone, reply.Tone = zone, Good
	}
	now := r.Query.Now.In(r.zone())
	reply.Data = map[string]string{"zone": r.zone().String()}
	reply.Title = say("Zone: %s, where it is %s", "时区：%s，当前为%s", r.zone(), tellInstant(now)).In(r.Lang)
	lines := []tracker.Text{
		text("Answers here tell times in it, and new subscriptions go by it. Those made before keep their own: alert edit ID zone:…",
			"此处的回答以该时区显示时间，新订阅亦以此为准。此前的订阅保留各自时区：alert edit 编号 zone:…"),
	}
	if r.Zone == nil {
		lines = []tracker.Text{noZoneYet}
	}
	reply.add(Section{Lines: inLang(lines, r.Lang)})
	return reply, nil
}

var noZoneYet = tracker.Text{
	EN: "No zone is set here, so UTC it is. Once for all: alert zone Europe/Berlin",
	ZH: "此处尚未设置时区，暂用UTC。一次设定即可：alert zone Asia/Shanghai",
}
