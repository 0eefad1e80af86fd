// A draft as TOML, and what each of its lines says.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "lbctl/import/draft.h"

namespace hawser::lbctl {

enum class Layout : std::uint8_t {
  kPlain,            // for people
  kOneElementALine,  // to be judged: the line of a problem tells which element of a list it is about
};

// What stands on a line.
struct DraftLine {
  DraftSection* section = nullptr;                     // or the real server; null: a blank line, the head
  DraftSetting* setting = nullptr;                     // null: the header
  std::size_t element = static_cast<std::size_t>(-1);  // of a list; else past its end
};

struct DraftText {
  std::string text;
  std::vector<DraftLine> lines;  // the first line of the text is the first here
};

DraftText draft_text(std::deque<DraftSection>& sections, Layout layout);

}  // namespace hawser::lbctl
