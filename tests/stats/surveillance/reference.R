# Makes series.csv and reference.csv: Rscript reference.R, with the package surveillance (1.24.1).
suppressMessages(library(surveillance))
options(digits = 15)
set.seed(7)
of <- 230:270
results <- series <- NULL
for (k in 1:4) {
  n <- 1:270
  mean <- c(1, 6, 30, 0.3)[k] * exp(0.5 * sin(2 * pi * n / 52) + c(0, 0.004, -0.003, 0)[k] * n)
  counts <- if (k == 2) rpois(270, mean) else rnbinom(270, mu = mean, size = 4)
  if (k == 3) counts[150:153] <- counts[150:153] + 60
  series <- rbind(series, data.frame(series = k, counts = paste(counts, collapse = " ")))
  s <- sts(observed = matrix(counts, ncol = 1), frequency = 52, start = c(2000, 1))
  add <- function(run, judge, ...) {
    r <- judge(s, control = list(range = of, ...))
    bound <- as.numeric(upperbound(r))
    alarm <- as.integer(!is.na(alarms(r)) & alarms(r) == 1)
    results <<- rbind(results, data.frame(series = k, run = run, idx = of, upperbound = bound, alarm = alarm))
  }
  add("c1", earsC, method = "C1", baseline = 9, minSigma = 0.5, alpha = 0.01)
  add("c3", earsC, method = "C3", baseline = 7, minSigma = 0.3, alpha = 0.05)
  add("farrington", farrington, b = 4, w = 2, reweight = FALSE, alpha = 0.01, trend = TRUE,
      limit54 = c(3, 4), powertrans = "1/2")
  add("none", farrington, b = 3, w = 3, reweight = TRUE, alpha = 0.05, trend = FALSE,
      limit54 = c(5, 4), powertrans = "none")
  add("flex4", farringtonFlexible, b = 3, w = 4, reweight = TRUE, weightsThreshold = 1, alpha = 0.02,
      trend = TRUE, pThresholdTrend = 0.1, limit54 = c(5, 4), noPeriods = 4, powertrans = "1/2",
      thresholdMethod = "delta")
  add("flex7", farringtonFlexible, b = 4, w = 3, reweight = TRUE, weightsThreshold = 2.58, alpha = 0.01,
      trend = TRUE, pThresholdTrend = 1, limit54 = c(5, 4), noPeriods = 7, pastWeeksNotIncluded = 10,
      thresholdMethod = "nbPlugin")
  add("flexoff", farringtonFlexible, b = 2, w = 3, reweight = FALSE, alpha = 0.05, trend = TRUE,
      pThresholdTrend = 0.05, limit54 = c(5, 4), noPeriods = 10, pastWeeksNotIncluded = 26,
      thresholdMethod = "delta")
  add("bayes", bayes, b = 2, w = 4, actY = TRUE, alpha = 0.01)
  add("bayes2", bayes, b = 0, w = 6, actY = TRUE, alpha = 0.05)
  add("rki1", rki, b = 0, w = 6, actY = TRUE)
}
write.csv(series, "series.csv", row.names = FALSE, quote = FALSE)
write.csv(results, "reference.csv", row.names = FALSE, quote = FALSE, na = "")
