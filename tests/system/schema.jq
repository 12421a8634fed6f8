# SPDX-License-Identifier: Apache-2.0
# Whether a document conforms to a JSON schema, for what the schemas in docs/ use of the language; a word that is not here is an error.
# jq -e --slurpfile schema SCHEMA --slurpfile wavediff docs/wavediff.schema.json -f schema.jq DOCUMENT
def known: ["$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties", "items", "const",
  "enum", "anyOf", "minimum", "pattern", "minItems", "maxItems", "prefixItems"];
def is_type($name): if $name == "integer" then type == "number" and . == floor else type == $name end;
def conforms($root; $schema):
  . as $value
  | if ($schema | keys) - known != [] then error("schema.jq knows no \(($schema | keys) - known)") else . end
  | if $schema["$ref"] == "wavediff.schema.json" then conforms($wavediff[0]; $wavediff[0])
    elif $schema["$ref"] then conforms($root; $root["$defs"][$schema["$ref"] | ltrimstr("#/$defs/")])
    else
      (($schema | has("const") | not) or $value == $schema.const)
      and (($schema | has("enum") | not) or any($schema.enum[]; . == $value))
      and (($schema | has("anyOf") | not) or any($schema.anyOf[]; . as $one | $value | conforms($root; $one)))
      and (($schema | has("type") | not) or any($schema.type | if type == "array" then .[] else . end; . as $name | $value | is_type($name)))
      and (($schema | has("minimum") | not) or type != "number" or . >= $schema.minimum)
      and (($schema | has("pattern") | not) or type != "string" or test($schema.pattern))
      and (type != "array"
        or (length >= ($schema.minItems // 0) and length <= ($schema.maxItems // length)
          and (($schema.prefixItems // []) as $prefix
            | all(to_entries[]; . as $entry | ($prefix[$entry.key] // $schema.items) as $own
              | $own == null or ($entry.value | conforms($root; $own))))))
      and (type != "object" or ($schema | has("properties") | not)
        or (($schema.required // []) - keys == []
          and ($schema.additionalProperties != false or keys - ($schema.properties | keys) == [])
          and all(to_entries[]; . as $entry | $schema.properties[$entry.key] as $own
            | $own == null or ($entry.value | conforms($root; $own)))))
    end;
conforms($schema[0]; $schema[0])
