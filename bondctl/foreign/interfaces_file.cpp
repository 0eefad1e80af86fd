#include "bondctl/foreign/interfaces_file.h"

#include <algorithm>

namespace hawser::bondctl {

namespace {

class Parser {
 public:
  explicit Parser(const std::string& file) : file_(file) {}

  void take(const Line& line) {
    const Spot at{file_, line.number};
    const auto [word, rest] = first_word(line.text);
    if (word == "iface")
      begin_stanza(at, line.text);
    else if (word == "auto" || word.starts_with("allow-"))
      bring_up(rest);
    else if (word == "source" || word == "source-directory")
      include(at, word, rest);
    else if (word == "mapping")
      begin_other(at, line.text, "a mapping is made by its script, when the interface comes up");
    else if (word == "rename" || word == "no-auto-down" || word == "no-scripts")
      begin_other(at, line.text,
                  word == "rename" ? "devices are not renamed here: see systemd.link(5)"
                                   : "nothing here corresponds to it");
    else
      take_option(at, line.text, word, rest);
  }

  InterfacesFile done() { return std::move(parsed_); }

 private:
  enum class Inside { kNothing, kStanza, kOther };

  void leave_out(const Spot& at, const std::string& what, const std::string& why) {
    parsed_.left_out.push_back({at, what, why});
  }

  // "iface eth0 inet static inherits base", where family and method may be missing.
  void begin_stanza(const Spot& at, const std::string& text) {
    const auto words = words_of(text);
    inside_ = Inside::kOther;
    if (words.size() < 2) return leave_out(at, text, "an interface has a name");
    inside_ = Inside::kStanza;
    const auto inherits = std::ranges::find(words, "inherits");
    const auto before = static_cast<std::size_t>(inherits - words.begin());
    IfaceStanza stanza{at, words[1], {}, {}, {}, {}};
    if (before > 2) stanza.family = words[2];
    if (before > 3) stanza.method = words[3];
    if (inherits != words.end()) stanza.inherits.assign(inherits + 1, words.end());
    parsed_.stanzas.push_back(std::move(stanza));
  }

  void begin_other(const Spot& at, const std::string& text, const std::string& why) {
    inside_ = Inside::kOther;
    leave_out(at, text, why);
  }

  void bring_up(const std::string& rest) {
    inside_ = Inside::kNothing;
    for (auto& name : words_of(rest)) parsed_.brought_up.push_back(std::move(name));
  }

  void include(const Spot& at, const std::string& word, const std::string& rest) {
    inside_ = Inside::kNothing;
    for (auto& pattern : words_of(rest))
      parsed_.inclusions.push_back({at, std::move(pattern), word == "source-directory"});
  }

  void take_option(const Spot& at, const std::string& text, const std::string& name,
                   const std::string& value) {
    if (inside_ == Inside::kStanza)
      parsed_.stanzas.back().options.push_back({at, name, value});
    else if (inside_ == Inside::kNothing)
      leave_out(at, text, "it stands in no stanza");
  }

  const std::string& file_;
  Inside inside_ = Inside::kNothing;
  InterfacesFile parsed_;
};

}  // namespace

InterfacesFile parse_interfaces(const std::string& file, std::string_view text) {
  Parser parser(file);
  for (const auto& line : lines_of(text, "#")) parser.take(line);
  return parser.done();
}

}  // namespace hawser::bondctl
