#include "lib/cli/command.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include <CLI/CLI.hpp>

#include "lib/base/spelling.h"
#include "lib/cli/help.h"
#include "lib/cli/last_words.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"

namespace hawser::cli {
namespace {

// What CLI11 fills in. `verbs` must not move once options are bound to it.
struct Slots {
  struct OfVerb {
    CLI::App* app = nullptr;
    std::vector<std::string> words;
    std::map<std::string, bool> flags;
    std::map<std::string, std::string> values;
  };
  Arguments arguments;
  std::string config, runtime_dir, state_dir;
  bool help = false, version = false;
  std::vector<std::string> help_about;
  std::map<std::string, OfVerb> verbs;
};

void add_common(CLI::App& app, const Program& program, Slots& slots) {
  for (const auto option : program.options) {
    const auto name = describe(option).name;
    switch (option) {
      case Common::kConfig:
        app.add_option(name, slots.config);
        break;
      case Common::kNode:
        app.add_option(name, slots.arguments.node);
        break;
      case Common::kRuntimeDir:
        app.add_option(name, slots.runtime_dir);
        break;
      case Common::kStateDir:
        app.add_option(name, slots.state_dir);
        break;
      case Common::kJson:
        app.add_flag(name, slots.arguments.json);
        break;
    }
  }
  app.set_help_flag("");
  app.add_flag("-h,--help", slots.help);
  app.add_flag("-V,--version", slots.version);
}

void add_verb(CLI::App& app, const Verb& verb, Slots& slots) {
  auto& slot = slots.verbs[verb.name];
  slot.app = app.add_subcommand(verb.name);
  slot.app->set_help_flag("");
  slot.app->fallthrough();
  slot.app->add_option("words", slot.words);
  for (const auto& option : verb.options) {
    if (option.value.empty())
      slot.app->add_flag(option.name, slot.flags[option.name]);
    else
      slot.app->add_option(option.name, slot.values[option.name]);
  }
}

const Verb* chosen(const Program& program, const Slots& slots) {
  for (const auto& verb : program.verbs)
    if (slots.verbs.at(verb.name).app->parsed()) return &verb;
  return nullptr;
}

std::vector<std::string> names_of_verbs(const Program& program) {
  std::vector<std::string> names{"help"};
  for (const auto& verb : program.verbs) names.push_back(verb.name);
  return names;
}

std::vector<std::string> names_of_options(const Program& program, const Verb* verb) {
  std::vector<std::string> names{"--help", "--version"};
  const auto add = [&](const std::string& name) { names.push_back(name.substr(name.find("--"))); };
  for (const auto option : program.options) add(describe(option).name);
  if (verb != nullptr)
    for (const auto& option : verb->options) add(option.name);
  return names;
}

tl::unexpected<Error> misuse(const Program& program, const Verb* verb, std::string_view what) {
  const auto usage = verb == nullptr ? usage_of(program) : usage_of(program, *verb);
  const auto subject = verb == nullptr ? program.name : program.name + " " + verb->name;
  return fail("{}: {}\n{}; {} --help says more", subject, what, usage, program.name);
}

bool fits(std::string_view word, std::string_view pattern) {
  return pattern.ends_with('*') ? word.starts_with(pattern.substr(0, pattern.size() - 1)) : word == pattern;
}

std::string with_word(std::string text, std::string_view word) {
  if (const auto at = text.find("{}"); at != std::string::npos) text.replace(at, 2, word);
  return text;
}

std::string hint(const Program& program, std::string_view word, const std::vector<std::string>& candidates) {
  for (const auto& [words, remedy] : program.hints)
    if (std::ranges::any_of(words, [&](const auto& pattern) { return fits(word, pattern); }))
      return ": " + with_word(remedy, word);
  const auto meant = nearest(word, {candidates.begin(), candidates.end()});
  return meant.empty() ? std::string{} : fmt::format(": did you mean '{}'?", meant);
}

tl::unexpected<Error> unknown(const Program& program, const Verb* verb, const std::string& word) {
  if (word.starts_with("-"))
    return misuse(
        program, verb,
        fmt::format("unknown option '{}'{}", word, hint(program, word, names_of_options(program, verb))));
  return misuse(program, verb,
                fmt::format("unknown verb '{}'{}", word, hint(program, word, names_of_verbs(program))));
}

Status check_words(const Program& program, const Verb& verb, const std::vector<std::string>& words) {
  const auto arity = arity_of(verb.words);
  if (words.size() < arity.least) return misuse(program, &verb, "a word is missing");
  if (words.size() > arity.most)
    return misuse(program, &verb, fmt::format("'{}' is one word too many", words.back()));
  return {};
}

void collect(Slots& slots, const Verb& verb) {
  auto& slot = slots.verbs.at(verb.name);
  auto& result = slots.arguments;
  result.verb = verb.name;
  result.words = slot.words;
  for (const auto& [name, given] : slot.flags)
    if (given) result.flags.insert(name);
  for (const auto& option : verb.options)
    if (!option.value.empty() && slot.app->count(option.name.substr(option.name.find("--"))) > 0)
      result.values[option.name] = slot.values.at(option.name);
  if (!slots.config.empty()) result.config = slots.config;
  if (!slots.runtime_dir.empty()) result.runtime_dir = slots.runtime_dir;
  if (!slots.state_dir.empty()) result.state_dir = slots.state_dir;
}

Result<Invocation> conclude(const Program& program, const Verb* verb, Slots& slots) {
  if (slots.version) return Invocation{nullptr, {}, fmt::format("{} {}\n", program.name, HAWSER_VERSION)};
  if (slots.help)
    return Invocation{nullptr, {}, verb == nullptr ? help_of(program) : help_of(program, *verb)};
  if (verb == nullptr) return misuse(program, nullptr, "a verb is missing");
  collect(slots, *verb);
  if (const auto good = check_words(program, *verb, slots.arguments.words); !good)
    return tl::unexpected(good.error());
  return Invocation{verb, slots.arguments, {}};
}

// `help` and `help VERB`, for who does not think of --help.
Result<Invocation> explain(const Program& program, const std::vector<std::string>& about) {
  if (about.empty()) return Invocation{nullptr, {}, help_of(program)};
  for (const auto& verb : program.verbs)
    if (verb.name == about.front()) return Invocation{nullptr, {}, help_of(program, verb)};
  return unknown(program, nullptr, about.front());
}

int end_with(int code, const Program& program) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return complain(program.name, "standard output cannot be written");
}

}  // namespace

Arity arity_of(std::string_view words) {
  Arity result;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    ++result.most;
    if (!word.starts_with("[")) ++result.least;
    if (word.find("...") != std::string_view::npos) result.most = std::numeric_limits<std::size_t>::max();
  }
  return result;
}

Result<Invocation> parse(const Program& program, const std::vector<std::string>& words) {
  CLI::App app;
  Slots slots;
  add_common(app, program, slots);
  for (const auto& verb : program.verbs) add_verb(app, verb, slots);
  auto* help = app.add_subcommand("help");
  help->set_help_flag("");
  help->fallthrough();
  help->add_option("words", slots.help_about);
  app.require_subcommand(0, 1);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them last first
  } catch (const CLI::ExtrasError&) {
    return unknown(program, chosen(program, slots), app.remaining(true).front());
  } catch (const CLI::ParseError& error) {
    return misuse(program, chosen(program, slots), error.what());
  }
  if (help->parsed()) return explain(program, slots.help_about);
  return conclude(program, chosen(program, slots), slots);
}

int run(const Program& program, int argc, const char* const* argv) {
  occupy_standard_descriptors();
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const auto form = std::ranges::find(words, "--json") == words.end() ? Form::kText : Form::kJson;
  const auto invocation = parse(program, words);
  if (!invocation) {
    const auto& text = invocation.error().text;  // the usage line is for people
    refuse(form, "", form == Form::kJson ? text.substr(0, text.find('\n')) : text);
    return kUsage;
  }
  try {
    print(invocation->text);
    const int code = invocation->verb == nullptr ? kDone : invocation->verb->run(invocation->arguments);
    return end_with(code, program);
  } catch (const std::exception& error) {
    return refuse(form, program.name, last_words(error.what()));
  }
}

}  // namespace hawser::cli
