#include "lib/cli/last_words.h"

namespace hawser::cli {

std::string last_words(std::string_view what) {
  // boost::system::error_code::what(): " [CATEGORY:VALUE at FILE:LINE in function ..]"
  if (const auto tail = what.find(" ["); tail != std::string_view::npos && what.ends_with(']'))
    what = what.substr(0, tail);
  std::string text(what.empty() ? "failed for an unknown reason" : what);
  if (text.find("Too many open files") != std::string::npos) text += ": allow more (ulimit -n, LimitNOFILE=)";
  return text;
}

}  // namespace hawser::cli
