#include "vipd/worker/reading.h"

#include <algorithm>
#include <cerrno>

#include "lib/base/atomic_file.h"
#include "lib/config/host_file.h"
#include "vipd/provider/secret.h"

namespace hawser::vipd {

namespace {

constexpr const char* kRemembered = "vipd-remembered.json";

// Error: why it cannot be used; else it is in `manner` now.
Status read_password(config::VipManner& manner) {
  auto secret = provider::read_secret(manner.password);
  if (!secret) return tl::unexpected(secret.error());
  if (secret->text.size() > config::kMostPassword)
    return fail("has {} characters, and version 2 has room for {}: write those that the peers send",
                secret->text.size(), config::kMostPassword);
  manner.password_text = std::move(secret->text);
  return {};
}

Status read_hmac_key(config::HmacKey& key) {
  const auto line = provider::read_secret(key.key);
  if (!line) return tl::unexpected(line.error());
  auto secret = config::hmac_secret(line->text);
  if (!secret) return fail("{}: {}", key.key, secret.error().text);
  key.secret = std::move(*secret);
  return {};
}

// A vip without the password or the keys that its peers expect would hear none of them and be Active beside
// them.
struct Unread {
  std::vector<config::Problem> wrong;
  std::vector<config::Problem> not_permitted;  // to whoever asks
};
Unread read_secrets(config::Config& config) {
  Unread unread;
  const auto note = [&](const Status& read, const std::string& vip, std::string_view setting) {
    if (read) return;
    auto& list = read.error().code == EACCES ? unread.not_permitted : unread.wrong;
    list.push_back({{}, 0, 0, fmt::format("vip.{}.{}", vip, setting), read.error().text});
  };
  for (auto& [name, vip] : config.vips) {
    if (!vip.manner->password.empty()) note(read_password(vip.manner.change()), name, "password");
    if (vip.manner->hmac.empty()) continue;
    for (auto& key : vip.manner.change().hmac) note(read_hmac_key(key), name, "hmac");
  }
  return unread;
}

FileReading reading_of(config::HostFile file) {
  FileReading result;
  result.reading.problems = std::move(file.problems);
  result.notes = std::move(file.notes);
  if (!result.reading.problems.empty()) return result;
  auto unread = read_secrets(file.config);
  result.reading.problems = std::move(unread.wrong);
  std::ranges::move(unread.not_permitted, std::back_inserter(result.reading.problems));
  if (!result.reading.problems.empty()) return result;
  result.reading.settings = settings_of(file.config);
  result.sources = std::move(file.sources);
  result.routes = route_plans(file.config);
  result.fences = fence_plans(file.config);
  return result;
}

}  // namespace

FileReading read_files(const Files& files, bool may_use_last_good, config::Emptiness emptiness) {
  auto result = reading_of(config::read_host_file(files.config, files.node, config::Part::kVipd, emptiness));
  if (result.reading.settings || !may_use_last_good) return result;
  auto kept = config::read_kept_file(files.state_directory, "vipd", files.node, config::Part::kVipd);
  if (!kept && kept.error().code != ENOENT)
    result.reading.problems.push_back(config::unreadable(files.config, kept.error()).problems.front());
  if (!kept || !kept->good()) return result;
  auto last = reading_of(std::move(*kept));
  last.reading.last_good = true;
  last.reading.problems = std::move(result.reading.problems);
  last.sources.clear();  // kept already
  return last;
}

Result<std::string> recall(const std::filesystem::path& state_directory) {
  auto text = read_file(state_directory / kRemembered);
  if (!text && text.error().code == ENOENT) return std::string{};
  return text;
}

Status remember(const std::filesystem::path& state_directory, std::string_view text) {
  return write_atomically(state_directory / kRemembered, text);
}

// Who checks need not be allowed to read a password or a key.
FileReading judge_whole(const Files& files) {
  auto file =
      config::read_host_file(files.config, files.node, config::Part::kAll, config::Emptiness::kRefused);
  Unread unread;
  if (file.problems.empty()) unread = read_secrets(file.config);
  std::ranges::move(unread.wrong, std::back_inserter(file.problems));
  for (auto& [name, vip] : file.config.vips) {
    vip.manner.change().password.clear();
    vip.manner.change().hmac.clear();
  }
  auto reading = reading_of(std::move(file));
  std::ranges::move(unread.not_permitted, std::back_inserter(reading.notes));
  return reading;
}

}  // namespace hawser::vipd
