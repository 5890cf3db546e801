package discordtest

import (
	"net/http"
	"strings"
	"testing"
)

const callbackPath = "/interactions/1/token-1/callback"

func TestRequestsAreHeldAgainstDiscordsDescription(t *testing.T) {
	embed := func(fields string) string { return `{"embeds": [{` + fields + `}], "allowed_mentions": {"parse": []}}` }
	button := func(fields string) string {
		return `{"type": 4, "data": {"content": "x", "components": [{"type": 1, "components": [{"type": 2, ` + fields + `}]}]}}`
	}
	for _, tt := range []struct {
		name, request, body, wrong string // wrong: part of the error; empty: all is well
	}{
		{"a post", "POST /channels/11/messages", embed(`"title": "x", "color": 255, "timestamp": "2026-11-10T00:00:00Z"`), ""},
		{"a post under a nonce", "POST /channels/11/messages", `{"content": "x", "nonce": "p1", "enforce_nonce": true}`, ""},
		{"content as a number", "POST /channels/11/messages", `{"content": 5}`, "got number"},
		{"a field with a slip in its name", "POST /channels/11/messages", `{"content": "x", "enforce_once": true}`, "enforce_once"},
		{"a slip within an embed", "POST /channels/11/messages", embed(`"title": "x", "colour": 255`), "colour"},
		{"a colour that is none", "POST /channels/11/messages", embed(`"color": 16777216`), "color"},
		{"a title too long", "POST /channels/11/messages", embed(`"title": "` + strings.Repeat("x", 257) + `"`), "title"},
		{"an unknown way to call people", "POST /channels/11/messages", `{"content": "x", "allowed_mentions": {"parse": ["all"]}}`, "allowed_mentions"},
		{"a list for a text", "PATCH /channels/11/messages/12", `{"content": ["x"]}`, "content"},
		{"a channel by name", "POST /channels/general/messages", `{"content": "x"}`, "channel_id"},
		{"no such path", "POST /channels/11/mesages", `{}`, "knows no POST"},
		{"no such method", "PUT /channels/11/messages", `{}`, "knows no PUT"},
		{"messages after an id", "GET /channels/11/messages?limit=100&after=5", "", ""},
		{"an unknown word in a query", "GET /channels/11/messages?since=5", "", "since"},
		{"a button", "POST " + callbackPath, button(`"style": 1, "label": "x", "custom_id": "a"`), ""},
		{"a button without a style", "POST " + callbackPath, button(`"label": "x", "custom_id": "a"`), "style"},
		{"an answer of an unknown type", "POST " + callbackPath, `{"type": 99}`, "type"},
		{"choices", "POST " + callbackPath, `{"type": 8, "data": {"choices": [{"name": "x", "value": "y"}]}}`, ""},
		{"a choice without a value", "POST " + callbackPath, `{"type": 8, "data": {"choices": [{"name": "x"}]}}`, "value"},
		{"a command", "PUT /applications/1/commands", `[{"name": "x", "description": "y", "default_member_permissions": "48", "contexts": [0]}]`, ""},
		{"rights that are none", "PUT /applications/1/commands", `[{"name": "x", "description": "y", "default_member_permissions": "admin"}]`, "default_member_permissions"},
		{"an option of an unknown type", "PUT /applications/1/commands", `[{"name": "x", "description": "y", "options": [{"type": 12, "name": "z", "description": "z"}]}]`, "options"},
		{"no JSON", "POST /channels/11/messages", `{`, "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.request, " ")
			err := described().request(method, path, http.Header{"Content-Type": {"application/json"}}, []byte(tt.body))
			switch {
			case tt.wrong == "" && err != nil:
				t.Error(err)
			case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("%v, which does not say %q", err, tt.wrong)
			}
		})
	}
}

func TestBodyInPartsIsCheckedToo(t *testing.T) {
	header := http.Header{"Content-Type": {`multipart/form-data; boundary="cut"`}}
	form := func(payload string) []byte {
		return []byte("--cut\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\n\r\nPNG\r\n" +
			"--cut\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n" + payload + "\r\n--cut--\r\n")
	}
	check := func(body []byte) error { return described().request("POST", "/channels/11/messages", header, body) }
	if err := check(form(`{"content": "x", "attachments": [{"id": "0", "filename": "a.png"}]}`)); err != nil {
		t.Error(err)
	}
	if err := check(form(`{"content": 5}`)); err == nil {
		t.Error("content as a number is not seen")
	}
	if err := check([]byte("--cut--\r\n")); err == nil {
		t.Error("a body without payload_json is not seen")
	}
}

func BenchmarkDescription(b *testing.B) {
	header := http.Header{"Content-Type": {"application/json"}}
	body := []byte(`{"embeds": [{"title": "x", "description": "` + strings.Repeat("y", 1000) + `", "fields": [{"name": "a", "value": "b"}]}], "allowed_mentions": {"parse": []}, "nonce": "p1",
		"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}, {"type": 2, "style": 1, "label": "y", "custom_id": "b"}]}]}`)
	for b.Loop() {
		clear(described().passed)
		if err := described().request("POST", "/channels/11/messages", header, body); err != nil {
			b.Fatal(err)
		}
	}
}
