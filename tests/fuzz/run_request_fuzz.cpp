// Whatever is sent to hawser-runner: no crash, and what is taken for a request is one line of visible
// characters in each word, for it goes into an environment, onto a command line and into the log.
#include <algorithm>
#include <cstdlib>

#include <boost/json.hpp>

#include "lib/run/request.h"

namespace {

using namespace hawser;

void require_visible(const std::string& word) {
  if (word.size() > 255) std::abort();
  if (!std::ranges::all_of(word, [](char c) { return c >= ' ' && c < '\x7f'; })) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto request = run::request_from(text)) {
    for (const auto& word : {request->object, request->step, request->address, request->target})
      require_visible(word);
    const auto again = run::request_from(boost::json::serialize(run::to_json(*request)));
    if (!again || !(*again == *request)) std::abort();
  }
  // What a program printed, on its way to whoever asked.
  run::Outcome outcome;
  outcome.output = text;
  boost::system::error_code wrong;
  const auto shown = boost::json::parse(boost::json::serialize(run::to_json(outcome)), wrong);
  if (wrong || run::outcome_from(shown).output.size() > text.size()) std::abort();
  return 0;
}
