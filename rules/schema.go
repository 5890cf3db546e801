package rules

import (
	"encoding/json"

	"derisk/tracker"
)

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// Schema is the JSON Schema (draft 2020-12) of rule files, for editors, with
// descriptions in English or Chinese. Expressions and templates are texts to it.
// A text that YAML takes for a number or a truth it wants in quotes, which the
// reader does not mind; all else that it refuses the reader refuses too.
func Schema(lang string) ([]byte, error) {
	s := describe(mappingForm(keys), lang)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = tracker.Text{EN: "A rule of derisk", ZH: "derisk 规则"}.In(lang)
	return json.MarshalIndent(s, "", "  ")
}

// describe is a form with its descriptions, which are texts in both languages, in one.
func describe(form schema, lang string) schema {
	told := make(schema, len(form))
	for name, v := range form {
		switch v := v.(type) {
		case tracker.Text:
			told[name] = v.In(lang)
		case schema:
			told[name] = describe(v, lang)
		case []schema:
			list := make([]schema, len(v))
			for i := range v {
				list[i] = describe(v[i], lang)
			}
			told[name] = list
		default:
			told[name] = v
		}
	}
	return told
}

// textForm is a text that says something, with a default where it is not "", and examples.
func textForm(def string, examples ...string) schema {
	s := schema{"type": "string", "pattern": `\S`}
	if def != "" {
		s["default"] = def
	}
	if len(examples) > 0 {
		s["examples"] = examples
	}
	return s
}

func patternForm(pattern string, examples ...string) schema {
	return schema{"type": "string", "pattern": pattern, "examples": examples}
}

func truthForm() schema { return schema{"type": "boolean", "default": false} }

func oneOfForm[T ~string](words []T, def T) schema {
	return schema{"type": "string", "enum": words, "default": def}
}

// manyForm is a list of at most so many entries; 0: no bound.
func manyForm(entry schema, most int) schema {
	s := schema{"type": "array", "items": entry}
	if most > 0 {
		s["maxItems"] = most
	}
	return s
}

// oneOrMany is an expression, or a list of them.
func oneOrMany(examples ...string) schema {
	list := manyForm(textForm(""), 0)
	list["minItems"] = 1
	return schema{"oneOf": []schema{textForm(""), list}, "examples": []any{examples}}
}

func labelsForm() schema {
	return schema{
		"type": "object", "maxProperties": maxLabels, "examples": []any{schema{"topic": "snap-back"}},
		"additionalProperties": schema{"type": []string{"string", "number", "boolean"}},
	}
}

// mappingForm has the keys given and no others.
func mappingForm(keys []key) schema {
	properties, need := schema{}, []string{}
	for _, k := range keys {
		form := schema{"description": k.about}
		for name, v := range k.form {
			form[name] = v
		}
		properties[k.name] = form
		if k.need {
			need = append(need, k.name)
		}
	}
	return schema{"type": "object", "properties": properties, "required": need, "additionalProperties": false}
}

// sayForm is a message in one language at least.
func sayForm() schema {
	say := mappingForm(sayKeys)
	say["minProperties"] = 1
	return say
}

// givenForm is one fact of a test. What a measure written out holds is for the
// reader of measures to say.
func givenForm() schema {
	fact := mappingForm(factKeys)
	fact["minProperties"], fact["maxProperties"] = 1, 1
	measure := schema{"type": "object", "required": []string{"id", "title", "kind", "by", "zone", "events"}}
	return schema{"anyOf": []schema{textForm(""), fact, measure}}
}
