// Turns a TOML parser error into what the user probably did: `quotes are missing: write "eth0"`. Pure: the
// text and the parser's message in, a better message out. Without a sure guess the parser's message stays.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/problem.h"
#include "lib/config/engine/statements.h"
#include "lib/config/engine/value.h"

namespace hawser::config {

struct SyntaxFault {
  Place place;
  std::string key;  // dotted; empty where none can be seen
  std::string what;
};
SyntaxFault explain_syntax(const Source& source, Place at, std::string_view parser_words);

// The parts of it, each in a file of its own.

// Where the parser stopped, and what stands there.
struct Broken {
  const Source& source;
  std::string_view text;
  std::size_t at;
  std::string_view parser_words;
  std::vector<Statement> all;

  [[nodiscard]] const Statement& last() const { return all.back(); }
  [[nodiscard]] std::string_view line() const { return line_at(text, last().begin); }
  [[nodiscard]] std::string_view rest() const { return line_at(text, at); }  // from where it stopped
  // The setting's type as declared ("bool", "list of port"); empty for one that nobody knows.
  [[nodiscard]] std::string type() const;
};

struct Finding {
  std::size_t at = 0;
  std::string what;
  bool keyless = false;  // it is about the file, not about a key
};
using Guess = std::optional<Finding>;

Guess guess_bytes(const Broken& broken);     // not text, not UTF-8, odd characters
Guess guess_foreign(const Broken& broken);   // another program's language
Guess guess_header(const Broken& broken);    // [section]
Guess guess_no_value(const Broken& broken);  // a line on which no "=" stands before the mistake
Guess guess_value(const Broken& broken);     // what follows "="

// Whether this begins a comment of other languages, and "#" was meant.
bool foreign_comment(std::string_view text);
// The text as TOML would have it: `eth0` -> `"eth0"`, quotes of any kind replaced, numbers and true left.
std::string as_toml(std::string_view bare);

}  // namespace hawser::config
