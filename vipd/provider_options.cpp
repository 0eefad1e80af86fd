#include "vipd/provider_options.h"

#include <cstdlib>

#include "vipd/provider/run_program.h"

namespace hawser::vipd {

namespace {

using provider::Credentials;
using provider::Kind;

constexpr Milliseconds kTimeout{90'000};  // Robot answers when the switch is done

const cli::Option kKind{"--kind", "KIND",
                        "hetzner-robot, hetzner-cloud, webhook or exec (HAWSER_PROVIDER_KIND)"};
const cli::Option kCredentials{"--credentials", "SOURCE",
                               "file:PATH or systemd:NAME (HAWSER_PROVIDER_CREDENTIALS)"};
const cli::Option kUrl{"--url", "URL", "of a webhook (HAWSER_PROVIDER_URL)"};
const cli::Option kProgram{"--program", "PATH", "of exec: what is run (HAWSER_PROVIDER_PROGRAM)"};
const cli::Option kEndpoint{"--endpoint", "URL",
                            "another place of the API, such as an imitation (HAWSER_PROVIDER_ENDPOINT)"};
const cli::Option kCa{"--ca", "FILE", "who is trusted instead of the system's CAs (HAWSER_PROVIDER_CA)"};
const cli::Option kTimeoutOption{"--timeout", "DURATION", "of one call; 90s by default"};
const cli::Option kType{"--type", "TYPE", "of fence, hetzner-robot: hw (the default), sw, power or man"};
const cli::Option kWaitOption{kWait, "", "stay until it is done: 3 minutes, through locks and errors"};
const cli::Option kDryRunOption{kDryRun, "", "ask how it is, and say what would be done"};

// "HAWSER_PROVIDER_KIND" beside "--kind".
std::string given(const cli::Arguments& arguments, const cli::Option& option, const char* variable) {
  const auto found = arguments.values.find(option.name);
  if (found != arguments.values.end()) return found->second;
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : value;
}

Result<std::string> needed(const cli::Arguments& arguments, const cli::Option& option, const char* variable) {
  auto value = given(arguments, option, variable);
  if (value.empty()) return fail("{} is missing (or {}): {}", option.name, variable, option.help);
  return value;
}

Result<Kind> kind_in(const cli::Arguments& arguments) {
  const auto word = needed(arguments, kKind, "HAWSER_PROVIDER_KIND");
  if (!word) return tl::unexpected(word.error());
  if (const auto kind = from_name<Kind>(*word)) return *kind;
  return fail("--kind {}: there are {}", *word, all_names<Kind>());
}

// An option that means nothing to the kind is a mistake; a variable may be for others.
Status judge_options(const cli::Arguments& arguments, Kind kind) {
  const auto refused = [&](const cli::Option& option, bool means) -> Status {
    if (means || !arguments.values.contains(option.name)) return {};
    return fail("{}: means nothing to --kind {}", option.name, name_of(kind));
  };
  const bool runs = kind == Kind::kExec;
  const bool hooks = kind == Kind::kWebhook;
  for (const auto& judged :
       {refused(kProgram, runs), refused(kType, kind == Kind::kHetznerRobot), refused(kUrl, hooks),
        refused(kEndpoint, !runs && !hooks),
        refused(kCredentials, credentials_of(kind) != Credentials::kNone), refused(kCa, !runs)})
    if (!judged) return judged;
  return {};
}

Result<Milliseconds> timeout_in(const cli::Arguments& arguments) {
  const auto found = arguments.values.find(kTimeoutOption.name);
  if (found == arguments.values.end()) return kTimeout;
  const auto timeout = parse_duration(found->second);
  if (!timeout) return fail("--timeout: {}", timeout.error().text);
  if (*timeout < Milliseconds(1000)) return fail("--timeout {}: 1s at least", found->second);
  return *timeout;
}

Status credentials_in(const cli::Arguments& arguments, provider::Settings& settings) {
  const auto wants = credentials_of(settings.kind);
  if (wants == Credentials::kNone) return {};
  settings.credentials = given(arguments, kCredentials, "HAWSER_PROVIDER_CREDENTIALS");
  if (wants == Credentials::kOptional || !settings.credentials.empty()) return {};
  return fail("--credentials is missing (or HAWSER_PROVIDER_CREDENTIALS): {}", kCredentials.help);
}

// Where it is: the program, the URL, or another place than the provider's own.
Status place_in(const cli::Arguments& arguments, provider::Settings& settings) {
  if (settings.kind == Kind::kExec) {
    const auto program = needed(arguments, kProgram, "HAWSER_PROVIDER_PROGRAM");
    if (!program) return tl::unexpected(program.error());
    settings.run = provider::run_here(*program, settings.timeout);
    return {};
  }
  settings.ca = given(arguments, kCa, "HAWSER_PROVIDER_CA");
  if (settings.kind != Kind::kWebhook) {
    settings.endpoint = given(arguments, kEndpoint, "HAWSER_PROVIDER_ENDPOINT");
    return {};
  }
  auto url = needed(arguments, kUrl, "HAWSER_PROVIDER_URL");
  if (!url) return tl::unexpected(url.error());
  settings.endpoint = std::move(*url);
  return {};
}

}  // namespace

std::vector<cli::Option> provider_options() {
  return {kKind, kCredentials,   kUrl,  kProgram,    kEndpoint,
          kCa,   kTimeoutOption, kType, kWaitOption, kDryRunOption};
}

std::string type_in(const cli::Arguments& arguments) {
  const auto found = arguments.values.find(kType.name);
  return found == arguments.values.end() ? std::string() : found->second;
}

Result<provider::Settings> settings_in(const cli::Arguments& arguments) {
  provider::Settings settings;
  const auto kind = kind_in(arguments);
  if (!kind) return tl::unexpected(kind.error());
  settings.kind = *kind;
  const auto timeout = timeout_in(arguments);
  if (!timeout) return tl::unexpected(timeout.error());
  settings.timeout = *timeout;
  settings.state_dir = arguments.state_dir;
  for (const auto& status :
       {judge_options(arguments, *kind), credentials_in(arguments, settings), place_in(arguments, settings)})
    if (!status) return tl::unexpected(status.error());
  return settings;
}

}  // namespace hawser::vipd
