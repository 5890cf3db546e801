//go:build deps

package main

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/bwmarrin/discordgo"
	_ "github.com/expr-lang/expr"
	_ "github.com/gorilla/websocket"
	_ "github.com/mattn/go-runewidth"
	_ "github.com/peterh/liner"
	_ "github.com/pressly/goose/v3"
	_ "github.com/robfig/cron/v3"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "go.yaml.in/yaml/v4"
	_ "golang.org/x/crypto/nacl/secretbox"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/term"
	_ "golang.org/x/text/language"
	_ "golang.org/x/time/rate"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
)
