// What the parsers of other programs' files have in common: lines with their place, and what of them was
// left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace hawser {

struct Spot {
  std::string file;
  unsigned line = 0;  // 0: the file as a whole
  bool operator==(const Spot&) const = default;
};

struct LeftOut {
  Spot at;
  std::string what;  // the words of the file
  std::string why;
  bool operator==(const LeftOut&) const = default;
};
// "interfaces:7: dns-nameservers 192.0.2.53: that is the resolver's".
std::string to_string(const LeftOut& left);

struct Line {
  unsigned number = 0;  // of its first line in the file
  std::string text;     // without blanks at its ends
};
// Without comments (a line that begins with one of `comment`) and empty lines; one that ends in a backslash
// goes on in the next.
std::vector<Line> lines_of(std::string_view text, std::string_view comment);

std::string_view trimmed(std::string_view text);
std::vector<std::string> words_of(std::string_view text);
// "gateway 192.0.2.1" -> "gateway", "192.0.2.1".
std::pair<std::string, std::string> first_word(std::string_view text);

}  // namespace hawser
