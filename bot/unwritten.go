package bot

import "context"

func subscribe(context.Context, Env, Request) (Reply, error)          { panic("unwritten") }
func listSubscriptions(context.Context, Env, Request) (Reply, error)  { panic("unwritten") }
func pauseSubscription(context.Context, Env, Request) (Reply, error)  { panic("unwritten") }
func resumeSubscription(context.Context, Env, Request) (Reply, error) { panic("unwritten") }
func unsubscribe(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func setRoles(context.Context, Env, Request) (Reply, error)           { panic("unwritten") }
func deliveries(context.Context, Env, Request) (Reply, error)         { panic("unwritten") }
func listRules(context.Context, Env, Request) (Reply, error)          { panic("unwritten") }
func explainRule(context.Context, Env, Request) (Reply, error)        { panic("unwritten") }
func backtestRules(context.Context, Env, Request) (Reply, error)      { panic("unwritten") }
func forecastRules(context.Context, Env, Request) (Reply, error)      { panic("unwritten") }
func record(context.Context, Env, Request) (Reply, error)             { panic("unwritten") }
func help(context.Context, Env, Request) (Reply, error)               { panic("unwritten") }
